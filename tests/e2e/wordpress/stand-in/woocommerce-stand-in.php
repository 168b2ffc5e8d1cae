<?php // Order 17 as WooCommerce answers for it: only what woocommerce.php calls.
class WC_Order {
    public function __construct(private string $place) {}
    public function get_currency() { return 'IDR'; }
    public function get_total() { return '15000.00'; }
    public function is_paid() { return str_starts_with((string) get_option($this->place), 'completed'); }
    public function payment_complete($payment = '') { return update_option($this->place, "completed with $payment"); }
    public function update_status($status, $note = '') { return update_option($this->place, "$status: $note"); }
}
function wc_get_order($id) { return (int) $id === 17 ? new WC_Order("order_$id") : false; }
