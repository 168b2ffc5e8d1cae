/**
 * What is said when the widget cannot speak: its module did not load, or has stopped. The words of the first
 * screens are in `first-words.js`; all others live in the module.
 */
const SENTENCES = {
  en: {
    sorry: 'Something went wrong here. If you have paid, your payment is safe: do not pay twice.',
    reload: 'Reload the page',
    notLoaded: 'The payment buttons did not load.',
    retry: 'Try again',
  },
  id: {
    sorry: 'Terjadi kesalahan di sini. Jika sudah membayar, pembayaran Anda aman: jangan bayar dua kali.',
    reload: 'Muat ulang halaman',
    notLoaded: 'Tombol pembayaran gagal dimuat.',
    retry: 'Coba lagi',
  },
  ar: {
    sorry: 'حدث خطأ ما هنا. إن كنت قد دفعت فدفعتك في أمان: لا تدفع مرتين.',
    reload: 'إعادة تحميل الصفحة',
    notLoaded: 'تعذّر تحميل أزرار الدفع.',
    retry: 'إعادة المحاولة',
  },
  tr: {
    sorry: 'Burada bir sorun oluştu. Ödeme yaptıysanız ödemeniz güvende: iki kez ödeme yapmayın.',
    reload: 'Sayfayı yeniden yükle',
    notLoaded: 'Ödeme düğmeleri yüklenemedi.',
    retry: 'Yeniden dene',
  },
};

/** The language of a BCP 47 tag, as the module reads it; English for one that is not spoken here. */
export const languageOf = (tag) => {
  const primary = String(tag).split(/[-_]/)[0].toLowerCase().replace(/^in$/, 'id');
  return Object.keys(SENTENCES).includes(primary) ? primary : 'en';
};

/** The sentences of a language tag. */
export const sentences = (tag) => SENTENCES[languageOf(tag)];
