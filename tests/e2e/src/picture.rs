//! Pictures: reads one that a shopper has saved, with two decoders that share nothing with the widget; compares and
//! writes those of the documentation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rxing::{BarcodeFormat, DecodeHints};
use std::collections::HashMap;

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

/// The colours of a picture, three bytes a pixel.
#[derive(Debug)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Pixels {
    /// Of a PNG file.
    pub fn of_png(file: &[u8]) -> Pixels {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("its pixels");
        let samples = info.color_type.samples();
        let rgb = pixels.chunks(samples).flat_map(|pixel| match samples {
            1 | 2 => [pixel[0]; 3],
            _ => [pixel[0], pixel[1], pixel[2]],
        });
        Pixels { width: info.width, height: info.height, rgb: rgb.collect() }
    }

    /// How many tiles of 16 by 16 pixels look otherwise: a tenth of their pixels has another colour. All of them where the
    /// sizes differ.
    pub fn different_tiles(&self, other: &Pixels) -> usize {
        const TILE: u32 = 16;
        let (columns, rows) = (self.width.div_ceil(TILE), self.height.div_ceil(TILE));
        let size = |number: u32| usize::try_from(number).expect("a size");
        if (self.width, self.height) != (other.width, other.height) {
            return size(columns * rows);
        }
        let mut counts = vec![0u32; size(columns * rows)];
        let pairs = self.rgb.chunks(3).zip(other.rgb.chunks(3)).zip(0u32..);
        for ((one, two), at) in pairs {
            if one.iter().zip(two).any(|(one, two)| one.abs_diff(*two) > 48) {
                let (x, y) = (at % self.width, at / self.width);
                counts[size(y / TILE * columns + x / TILE)] += 1;
            }
        }
        counts.into_iter().filter(|count| *count > TILE * TILE / 10).count()
    }

    /// As a PNG with its 256 most frequent colours: a third of the size of one with all of them.
    pub fn as_small_png(&self) -> Vec<u8> {
        let palette = Palette::of(&[self]);
        let mut file = Vec::new();
        let encoder = palette.encoder(&mut file, self.width, self.height);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&palette.indices(self)).expect("its pixels");
        writer.finish().expect("a file");
        file
    }

    /// Frames of the same size as an animated PNG that goes on for ever; each with its time in milliseconds.
    pub fn as_animation(frames: &[(Vec<u8>, u16)]) -> Vec<u8> {
        let pictures: Vec<Pixels> = frames.iter().map(|(frame, _)| Pixels::of_png(frame)).collect();
        let count = u32::try_from(frames.len()).expect("a few");
        let palette = Palette::of(&pictures.iter().collect::<Vec<_>>());
        let mut file = Vec::new();
        let mut encoder = palette.encoder(&mut file, pictures[0].width, pictures[0].height);
        encoder.set_animated(count, 0).expect("frames");
        let mut writer = encoder.write_header().expect("a header");
        for (picture, (_, time_ms)) in pictures.iter().zip(frames) {
            writer.set_frame_delay(*time_ms, 1_000).expect("a time");
            writer.write_image_data(&palette.indices(picture)).expect("its pixels");
        }
        writer.finish().expect("a file");
        file
    }
}

/// The colours that a picture is written with.
struct Palette {
    colours: Vec<[u8; 3]>,
}

impl Palette {
    fn of(pictures: &[&Pixels]) -> Palette {
        let mut counts: HashMap<[u8; 3], u32> = HashMap::new();
        for pixel in pictures.iter().flat_map(|picture| picture.rgb.chunks(3)) {
            *counts.entry([pixel[0], pixel[1], pixel[2]]).or_default() += 1;
        }
        let mut colours: Vec<([u8; 3], u32)> = counts.into_iter().collect();
        colours.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
        Palette { colours: colours.into_iter().take(256).map(|(colour, _)| colour).collect() }
    }

    fn encoder<'a>(
        &self,
        file: &'a mut Vec<u8>,
        width: u32,
        height: u32,
    ) -> png::Encoder<'a, &'a mut Vec<u8>> {
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(self.colours.concat());
        encoder.set_compression(png::Compression::High);
        encoder
    }

    /// For each pixel the place of the nearest colour.
    fn indices(&self, picture: &Pixels) -> Vec<u8> {
        let mut known: HashMap<&[u8], u8> = HashMap::new();
        let distance = |one: &[u8], two: &[u8; 3]| -> u32 {
            one.iter().zip(two).map(|(one, two)| u32::from(one.abs_diff(*two)).pow(2)).sum()
        };
        let nearest = |pixel: &[u8]| {
            let places = 0..self.colours.len();
            let place = places.min_by_key(|place| distance(pixel, &self.colours[*place]));
            u8::try_from(place.expect("a colour")).expect("one of 256")
        };
        let index = |pixel| *known.entry(pixel).or_insert_with(|| nearest(pixel));
        picture.rgb.chunks(3).map(index).collect()
    }
}
