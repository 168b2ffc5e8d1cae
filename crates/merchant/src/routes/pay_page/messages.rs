//! The page's sentences, in the widget's four languages.

use axum::http::{HeaderMap, header};

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct Messages {
    pub(super) tag: &'static str,
    pub(super) direction: &'static str,
    pub(super) title: &'static str,
    pub(super) test: &'static str,
    pub(super) pay_with: &'static str,
    pub(super) go_on: &'static str,
    pub(super) check: &'static str,
    pub(super) other_way: &'static str,
    pub(super) open: &'static str,
    pub(super) scan: &'static str,
    pub(super) exactly: &'static str,
    pub(super) no_tip: &'static str,
    pub(super) time_left: &'static str,
    pub(super) paid: &'static str,
    pub(super) paid_note: &'static str,
    pub(super) refunded: &'static str,
    pub(super) processing: &'static str,
    pub(super) processing_note: &'static str,
    pub(super) ended: &'static str,
    pub(super) nobody: &'static str,
    pub(super) unsafe_code: &'static str,
    pub(super) unknown_order: &'static str,
    pub(super) refused: &'static str,
    pub(super) trouble: &'static str,
    pub(super) back_to_app: &'static str,
}

impl Messages {
    /// The first supported language in `Accept-Language`; otherwise English.
    pub(super) fn of(headers: &HeaderMap) -> &'static Messages {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let tags = wanted.unwrap_or_default().split(',').map(|tag| {
            let tag = tag.split(';').next().unwrap_or_default().trim();
            tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
        });
        let mut spoken = tags.filter_map(|tag| match tag.as_str() {
            "en" => Some(&ENGLISH),
            "id" | "in" => Some(&INDONESIAN),
            "ar" => Some(&ARABIC),
            "tr" => Some(&TURKISH),
            _ => None,
        });
        spoken.next().unwrap_or(&ENGLISH)
    }
}

static ENGLISH: Messages = Messages {
    tag: "en",
    direction: "ltr",
    title: "Payment",
    test: "Test: no real money",
    pay_with: "Pay with",
    go_on: "Continue with",
    check: "Check now",
    other_way: "Pay another way",
    open: "Not paid yet.",
    scan: "Scan with any bank or e-wallet app that takes QRIS.",
    exactly: "Pay exactly this amount, do not round.",
    no_tip: "If the app asks for a tip, leave it at 0.",
    time_left: "Time left:",
    paid: "Paid",
    paid_note: "The payment has arrived. Thank you.",
    refunded: "Refunded",
    processing: "Being checked",
    processing_note: "Money is on its way or being checked. Please do not pay again.",
    ended: "The last payment was not completed. If money left your account, it will show here.",
    nobody: "This order cannot be paid here at the moment.",
    unsafe_code: "The code is not safe to pay. Please choose another way.",
    unknown_order: "There is no such order, or the link is too old. Go back to the shop.",
    refused: "The payment could not be started. Please try another way.",
    trouble: "The payment service does not answer. Your payment is safe. Try again in a moment.",
    back_to_app: "You can close this page and go back to the app.",
};

static INDONESIAN: Messages = Messages {
    tag: "id",
    direction: "ltr",
    title: "Pembayaran",
    test: "Uji coba: bukan uang sungguhan",
    pay_with: "Bayar dengan",
    go_on: "Lanjutkan dengan",
    check: "Periksa sekarang",
    other_way: "Bayar dengan cara lain",
    open: "Belum dibayar.",
    scan: "Pindai dengan aplikasi bank atau dompet digital yang menerima QRIS.",
    exactly: "Bayar tepat sejumlah ini, jangan dibulatkan.",
    no_tip: "Jika aplikasi meminta tip, biarkan 0.",
    time_left: "Sisa waktu:",
    paid: "Lunas",
    paid_note: "Pembayaran sudah diterima. Terima kasih.",
    refunded: "Dana dikembalikan",
    processing: "Sedang diperiksa",
    processing_note: "Uang sedang dalam perjalanan atau diperiksa. Jangan bayar lagi.",
    ended: "Pembayaran terakhir tidak selesai. Jika uang sudah keluar, akan tampil di sini.",
    nobody: "Pesanan ini belum dapat dibayar di sini.",
    unsafe_code: "Kode ini tidak aman untuk dibayar. Pilih cara lain.",
    unknown_order: "Pesanan tidak ada, atau tautan sudah terlalu lama. Kembali ke toko.",
    refused: "Pembayaran tidak dapat dimulai. Coba cara lain.",
    trouble: "Layanan pembayaran tidak menjawab. Pembayaran Anda aman. Coba lagi sebentar lagi.",
    back_to_app: "Anda dapat menutup halaman ini dan kembali ke aplikasi.",
};

static ARABIC: Messages = Messages {
    tag: "ar",
    direction: "rtl",
    title: "الدفع",
    test: "تجربة: لا أموال حقيقية",
    pay_with: "ادفع عبر",
    go_on: "تابع عبر",
    check: "تحقق الآن",
    other_way: "ادفع بطريقة أخرى",
    open: "لم يُدفع بعد.",
    scan: "امسحه بأي تطبيق مصرفي أو محفظة تقبل QRIS.",
    exactly: "ادفع هذا المبلغ بالضبط ولا تقرّبه.",
    no_tip: "إذا طلب التطبيق إكرامية، فاتركها 0.",
    time_left: "الوقت المتبقي:",
    paid: "تم الدفع",
    paid_note: "وصلت الدفعة. شكرًا لك.",
    refunded: "أُعيد المبلغ",
    processing: "قيد التحقق",
    processing_note: "المال في الطريق أو قيد التحقق. لا تدفع مرة أخرى.",
    ended: "لم تكتمل الدفعة الأخيرة. إن خرج المال من حسابك فسيظهر ذلك هنا.",
    nobody: "لا يمكن دفع هذا الطلب هنا حاليًا.",
    unsafe_code: "هذا الرمز غير آمن للدفع. اختر طريقة أخرى.",
    unknown_order: "لا يوجد طلب كهذا، أو أن الرابط قديم. عُد إلى المتجر.",
    refused: "تعذّر بدء الدفع. جرّب طريقة أخرى.",
    trouble: "خدمة الدفع لا تجيب. دفعتك آمنة. حاول بعد قليل.",
    back_to_app: "يمكنك إغلاق هذه الصفحة والعودة إلى التطبيق.",
};

static TURKISH: Messages = Messages {
    tag: "tr",
    direction: "ltr",
    title: "Ödeme",
    test: "Deneme: gerçek para değil",
    pay_with: "Şununla öde:",
    go_on: "Şununla devam et:",
    check: "Şimdi kontrol et",
    other_way: "Başka bir yolla öde",
    open: "Henüz ödenmedi.",
    scan: "QRIS kabul eden bir banka veya cüzdan uygulamasıyla okutun.",
    exactly: "Tam bu tutarı ödeyin, yuvarlamayın.",
    no_tip: "Uygulama bahşiş sorarsa 0 olarak bırakın.",
    time_left: "Kalan süre:",
    paid: "Ödendi",
    paid_note: "Ödeme ulaştı. Teşekkürler.",
    refunded: "İade edildi",
    processing: "Kontrol ediliyor",
    processing_note: "Para yolda ya da kontrol ediliyor. Lütfen tekrar ödemeyin.",
    ended: "Son ödeme tamamlanmadı. Hesabınızdan para çıktıysa burada görünecek.",
    nobody: "Bu sipariş şu anda burada ödenemiyor.",
    unsafe_code: "Bu kodla ödemek güvenli değil. Başka bir yol seçin.",
    unknown_order: "Böyle bir sipariş yok ya da bağlantı çok eski. Mağazaya dönün.",
    refused: "Ödeme başlatılamadı. Başka bir yol deneyin.",
    trouble: "Ödeme hizmeti yanıt vermiyor. Ödemeniz güvende. Biraz sonra yeniden deneyin.",
    back_to_app: "Bu sayfayı kapatıp uygulamaya dönebilirsiniz.",
};

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_first_language_that_is_spoken_here_wins() {
        for (wanted, tag) in [
            ("ar-SY,en;q=0.8", "ar"),
            ("fr-FR, id;q=0.7, en;q=0.3", "id"),
            ("TR", "tr"),
            ("xx", "en"),
            ("", "en"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wanted));
            assert_eq!(Messages::of(&headers).tag, tag, "{wanted}");
        }
    }
}
