<?php // Cashi for <pay-with>, in plain PHP. Try it: CASHI_KEY=… php -S 127.0.0.1:8090 -t public relay.php
const PRICES = ['INV-9921' => 15000]; // the price is the server's, never the browser's
function cashi(string $path, ?array $body = null): string {
    $http = ['method' => $body ? 'POST' : 'GET', 'ignore_errors' => true, 'content' => $body ? json_encode($body) : '', 'timeout' => 20,
        'header' => ['content-type: application/json', 'x-api-key: ' . getenv('CASHI_KEY')]];
    $text = @file_get_contents((getenv('CASHI_URL') ?: 'https://cashi.id') . $path, false, stream_context_create(['http' => $http]));
    http_response_code($text === false ? 502 : (int) explode(' ', $http_response_header[0])[1]);
    return $text ?: '{}';
}
function refuse(): never { http_response_code(404); exit('{"code":"not_found"}'); }
if (!str_starts_with($path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/api/')) return false; // a page: PHP serves it
header('content-type: application/json');
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $order = json_decode(file_get_contents('php://input'))->order ?? '';
    if (!isset(PRICES[$order])) refuse(); // check here, too, that the order is the caller's
    $key = substr(str_replace('-', '', $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? ''), 0, 20);
    exit(cashi('/api/create-order', ['amount' => PRICES[$order], 'order_id' => "$order-$key"]));
}
[$id, $order] = [$_GET['id'] ?? rawurldecode(basename($path)), $_GET['order'] ?? ''];
if (!isset(PRICES[$order]) || substr($id, 0, -20) !== "$order-") refuse();
$told = json_decode($text = cashi('/api/check-status/' . rawurlencode($id)));
$added = ($told->amount ?? 0) - PRICES[$order]; // Cashi adds 1 to 99 rupiah
if (($told->status ?? '') === 'SETTLED' && $added >= 0 && $added <= 99) file_put_contents(__DIR__ . "/paid-$order", $id); // ship from this
echo $text;
