<?php // WooCommerce's orders, as paywith.php asks for them. The shop's currency is IDR, and the button stands on the page after the checkout.
add_filter('paywith_order', fn ($known, string $id) => ctype_digit($id) && ($order = wc_get_order($id)) && $order->get_currency() === 'IDR'
    ? ['amount' => (int) $order->get_total(), 'is_paid' => $order->is_paid()] : $known, 10, 2);
add_action('paywith_paid', fn (string $id, string $payment) => wc_get_order($id)->payment_complete($payment), 10, 2);
add_action('paywith_mismatch', fn (string $id, string $payment, $rupiah) =>
    wc_get_order($id)->update_status('on-hold', "Cashi received $rupiah for $payment: not this order's total."), 10, 3);
add_action('woocommerce_thankyou', fn ($id) => print wc_get_order($id)->is_paid() ? '' : paywith_tag((string) $id));
