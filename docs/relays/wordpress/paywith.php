<?php
/* Plugin Name: Paywith for Cashi
 * Description: [paywith order="…"] shows the button; the relay behind it talks to Cashi. The key is in wp-config.php. */
defined('ABSPATH') || exit;
// The shop's order, ['amount' => 15000, 'is_paid' => false], or null: the price is the server's, never the browser's.
function paywith_order(string $order): ?array { return apply_filters('paywith_order', null, $order); }
// What the browser holds: the order and the proof that this page gave it away; the same on every render.
function paywith_token(string $order): string { return $order . '.' . hash_hmac('sha256', "paywith|$order", wp_salt('auth')); }
function paywith_tag(string $order, string $fallback = ''): string {
    defined('DONOTCACHEPAGE') || define('DONOTCACHEPAGE', true); // the page is one shopper's: caching plugins know this word
    $price = paywith_order($order)['amount'] ?? '';
    return sprintf('<script type="module" data-cfasync="false" nowprocket data-no-optimize="1" data-no-defer="1" data-no-minify="1" data-noptimize="1" data-jetpack-boost="ignore" src="%s"></script>'
        . '<pay-with endpoint="%s" order="%s" providers="cashi" amount="%s" currency="IDR">%s</pay-with>', esc_url(plugins_url('paywith.js', __FILE__)),
        esc_attr(wp_make_link_relative(rest_url('paywith/v1'))), esc_attr(paywith_token($order)), esc_attr($price), $fallback);
}
add_shortcode('paywith', fn ($given, $inside = '') => paywith_tag((string) ($given['order'] ?? ''), (string) $inside));
// The text goes out byte for byte: see the last statement.
function paywith_answer(int $status, string $json): WP_REST_Response { return new WP_REST_Response($json, $status, ['Cache-Control' => 'no-store', 'X-LiteSpeed-Cache-Control' => 'no-cache']); }
function paywith_refuse(int $status, string $code): WP_REST_Response { return paywith_answer($status, wp_json_encode(['code' => $code])); }
function paywith_ask(string $path, ?array $body = null): WP_REST_Response {
    $call = ['method' => $body ? 'POST' : 'GET', 'timeout' => 20, 'headers' => ['content-type' => 'application/json', 'x-api-key' => PAYWITH_CASHI_KEY]];
    $said = wp_remote_request((defined('PAYWITH_CASHI_URL') ? PAYWITH_CASHI_URL : 'https://cashi.id') . $path, $body ? $call + ['body' => wp_json_encode($body)] : $call);
    return is_wp_error($said) ? paywith_answer(502, '{}') : paywith_answer(wp_remote_retrieve_response_code($said), wp_remote_retrieve_body($said));
}
// Asks Cashi about a payment of this order, and tells the shop what Cashi says is paid.
function paywith_check(string $order, string $id, bool $must_be_paid = false): WP_REST_Response {
    $known = paywith_order($order);
    if (!$known || substr($id, 0, -20) !== "$order-") return paywith_refuse(404, 'not_found');
    $told = json_decode(($answer = paywith_ask('/api/check-status/' . rawurlencode($id)))->get_data());
    $is_settled = ($told->status ?? '') === 'SETTLED' && is_numeric($told->amount ?? null);
    $is_paid = $is_settled && $told->amount - $known['amount'] >= 1 && $told->amount - $known['amount'] <= 99; // Cashi adds 1 to 99 rupiah
    if ($is_settled) do_action($is_paid ? 'paywith_paid' : 'paywith_mismatch', $order, $id, $told->amount); // ship from the first; it may come again
    return $must_be_paid && !$is_paid && $answer->get_status() === 200 ? paywith_refuse(503, 'not_paid_yet') : $answer;
}
function paywith_webhook(WP_REST_Request $request): WP_REST_Response { // proves nothing: Cashi is asked
    if (!defined('PAYWITH_CASHI_WEBHOOK_SECRET') || !PAYWITH_CASHI_WEBHOOK_SECRET) return paywith_refuse(503, 'webhook_secret_missing');
    $right = hash_hmac('sha256', $request->get_body(), PAYWITH_CASHI_WEBHOOK_SECRET); // the raw bytes
    if (!hash_equals($right, strtolower((string) $request->get_header('X-Gateway-Signature')))) return paywith_refuse(401, 'bad_signature');
    if (!is_string($id = json_decode($request->get_body())->data->order_id ?? null)) return paywith_refuse(400, 'bad_request');
    return str_starts_with($id, 'TEST-') ? paywith_answer(200, '{}') : paywith_check(substr($id, 0, -21), $id, true);
}
add_action('rest_api_init', function () {
    $route = fn (string $method, string $path, callable $answer) => register_rest_route('paywith/v1', $path, ['methods' => $method, 'permission_callback' => '__return_true',
        'callback' => function (WP_REST_Request $request) use ($answer) { // the proof decides, no cookie and no nonce: shoppers are guests
            $order = substr($token = is_string($request['order']) ? $request['order'] : '', 0, -65);
            return hash_equals(paywith_token($order), $token) && is_string($request['id'] ?? '') && paywith_order($order) ? $answer($order, $request) : paywith_refuse(404, 'not_found');
        }]);
    $route('GET', '/checkout', fn ($order) => paywith_answer(200, wp_json_encode(['order' => paywith_token($order), 'providers' => ['cashi'], 'payment' => null,
        'amount' => ['value' => (string) paywith_order($order)['amount'], 'currency' => 'IDR']])));
    $route('POST', '/payments', fn ($order, $request) => match (true) {
        !preg_match('/^[0-9a-f]{20}/i', $key = str_replace('-', '', (string) $request->get_header('Idempotency-Key'))) => paywith_refuse(400, 'idempotency_key_missing'),
        !empty(paywith_order($order)['is_paid']) => paywith_refuse(409, 'already_paid'),
        default => paywith_ask('/api/create-order', ['amount' => paywith_order($order)['amount'], 'order_id' => "$order-" . substr($key, 0, 20)]),
    });
    $route('GET', '/payments/(?P<id>[^/]+)', fn ($order, $request) => paywith_check($order, $request['id']));
    $route('POST', '/payments/(?P<id>[^/]+)/cancel', fn ($order, $request) => paywith_check($order, $request['id'])); // Cashi knows no cancel
    register_rest_route('paywith/v1', '/webhooks/cashi', ['methods' => 'POST', 'permission_callback' => '__return_true', 'callback' => 'paywith_webhook']);
});
add_filter('rest_pre_serve_request', fn ($is_served, $answer, $request) => $is_served
    || (str_starts_with($request->get_route(), '/paywith/v1/') && is_string($answer->get_data()) && print $answer->get_data()), 99, 3); // after WordPress' own headers
