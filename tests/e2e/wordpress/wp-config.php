<?php // A shop on this machine: its database is reached by a socket and asks nobody who they are.
define('DB_NAME', 'shop');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "key of $name");
    define("{$name}_SALT", "salt of $name");
}
define('WP_HOME', getenv('ORIGIN'));
define('WP_SITEURL', getenv('ORIGIN'));
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', true);
define('WP_DEBUG_DISPLAY', false);
define('WP_DEBUG_LOG', __DIR__ . '/debug.log');
define('PAYWITH_CASHI_URL', getenv('CASHI_URL'));
define('PAYWITH_CASHI_KEY', getenv('CASHI_KEY'));
define('PAYWITH_CASHI_WEBHOOK_SECRET', getenv('CASHI_WEBHOOK_SECRET'));
$table_prefix = 'wp_';
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
