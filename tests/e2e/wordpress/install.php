<?php // Installs WordPress as its first page would: plain permalinks, two orders, a page with the shortcode.
$_SERVER += ['HTTP_HOST' => parse_url(getenv('ORIGIN'), PHP_URL_HOST), 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
mysqli_query(mysqli_connect(null, 'root', '', null, null, getenv('SOCKET')), 'CREATE DATABASE shop');
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
function wp_new_blog_notification() {} // no mail
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Shop', 'admin', 'admin@shop.example', true, '', 'a password of the test');
update_option('active_plugins', ['paywith/paywith.php']);
update_option('permalink_structure', '');
switch_theme('plain');
foreach (['INV-9921' => 15000, 'INV-9922' => 20000] as $name => $rupiah) {
    wp_insert_post(['post_type' => 'shop_order', 'post_status' => 'publish', 'post_title' => $name, 'meta_input' => ['rupiah' => $rupiah]]);
}
echo wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => 'Pay',
    'post_content' => '[paywith order="INV-9921"]<a href="/?page_id=2">Ask us how to pay</a>[/paywith]']);
