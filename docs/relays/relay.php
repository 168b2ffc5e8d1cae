<?php // Cashi for <pay-with>, in plain PHP. Try it: CASHI_KEY=… php -S 127.0.0.1:8090 -t public relay.php
const PRICES = ['INV-9921' => 15000]; // the price is the server's, never the browser's
function cashi(string $path, ?array $body = null): string {
    $http = ['method' => $body ? 'POST' : 'GET', 'ignore_errors' => true, 'content' => $body ? json_encode($body) : '', 'timeout' => 20,
        'header' => ['content-type: application/json', 'x-api-key: ' . getenv('CASHI_KEY')]];
    $text = @file_get_contents((getenv('CASHI_URL') ?: 'https://cashi.id') . $path, false, stream_context_create(['http' => $http]));
    http_response_code($text === false ? 502 : (int) explode(' ', $http_response_header[0])[1]);
    return $text ?: '{}';
}
function refuse(int $status = 404, string $code = 'not_found'): never { http_response_code($status); exit("{\"code\":\"$code\"}"); }
function check(string $id, string $order): string { // asks Cashi, and records what Cashi says is paid
    if (!isset(PRICES[$order]) || substr($id, 0, -20) !== "$order-") refuse();
    $told = json_decode($text = cashi('/api/check-status/' . rawurlencode($id)));
    $added = is_numeric($told->amount ?? '') ? $told->amount - PRICES[$order] : 0; // Cashi adds 1 to 99 rupiah
    if (($told->status ?? '') === 'SETTLED' && $added >= 1 && $added <= 99) file_put_contents(__DIR__ . "/paid-$order", $id); // ship from this
    return $text;
}
if (!str_starts_with($path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/api/')) return false; // a page: PHP serves it
header('content-type: application/json'); header('cache-control: no-store');
[$method, $body, $secret] = [$_SERVER['REQUEST_METHOD'], file_get_contents('php://input'), getenv('CASHI_WEBHOOK_SECRET')];
if ($method === 'POST' && rtrim($path, '/') === '/api/webhooks/cashi') { // proves nothing: Cashi is asked
    if (!$secret) refuse(503, 'webhook_secret_missing');
    if (!hash_equals(hash_hmac('sha256', $body, $secret), strtolower($_SERVER['HTTP_X_GATEWAY_SIGNATURE'] ?? ''))) refuse(401, 'bad_signature');
    if (!is_string($id = json_decode($body)->data->order_id ?? null)) refuse(400, 'bad_request');
    if (!str_starts_with($id, 'TEST-')) check($id, $order = substr($id, 0, -21)) && is_file(__DIR__ . "/paid-$order") || refuse(503, 'not_paid_yet');
} elseif ($method === 'POST') {
    $order = json_decode($body)->order ?? '';
    if (!isset(PRICES[$order])) refuse(); // check here, too, that the order is the caller's
    $key = substr(str_replace('-', '', $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? ''), 0, 20);
    echo cashi('/api/create-order', ['amount' => PRICES[$order], 'order_id' => "$order-$key"]);
} else echo check($_GET['id'] ?? rawurldecode(basename($path)), $_GET['order'] ?? '');
