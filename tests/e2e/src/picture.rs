//! Reads a picture that a shopper has saved, with two decoders that share nothing with the widget.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rxing::{BarcodeFormat, DecodeHints};

/// Its grey pixels, and what it says.
#[derive(Debug)]
pub struct Picture {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    grey: Vec<u8>,
}

impl Picture {
    /// Of a `data:` address of a PNG.
    pub fn of_data_url(url: &str) -> Picture {
        let text = url.strip_prefix("data:image/png;base64,").expect("a PNG as a data address");
        let file = STANDARD.decode(text).expect("Base64");
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("its pixels");
        let samples = info.color_type.samples();
        // The code and its ground are black and white: the first channel says enough.
        let grey = pixels.chunks(samples).map(|pixel| pixel[0]).collect();
        let size = |pixels: u32| usize::try_from(pixels).expect("a size");
        Picture { width: size(info.width), height: size(info.height), grey }
    }

    /// What each of the two decoders reads.
    pub fn decoded(&self) -> [String; 2] {
        let at = |x: usize, y: usize| self.grey[y * self.width + x];
        let mut first = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, at);
        let grids = first.detect_grids();
        let (_, one) = grids.first().expect("a code").decode().expect("a sound code");
        let number = |size: usize| u32::try_from(size).expect("a size");
        let mut hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        let two = rxing::helpers::detect_in_luma_slice_with_hints(
            &self.grey,
            number(self.width),
            number(self.height),
            Some(BarcodeFormat::QR_CODE),
            &mut hints,
        );
        [one, two.expect("a code").getText().to_owned()]
    }
}
