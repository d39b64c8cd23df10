//! ZIP archives with the headers that other libraries write.

/// How a library writes its archives.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// The system and version that made the entry, and the version needed to extract it.
    pub(super) versions: [u16; 2],
    pub(super) flags: u16,
    pub(super) deflated: bool,
    /// The external attributes of a file: its mode on Unix, and DOS's attributes.
    pub(super) attributes: u32,
    /// Extra fields besides those of ZIP64: of the local header, and of the directory.
    pub(super) extra: [&'static [u8]; 2],
    /// Where the local header has the sizes, and where the directory has them.
    pub(super) sizes: [Sizes; 2],
    /// The ZIP64 end records, and whether the fields of the old one are then blanked: counts, size, offset.
    pub(super) zip64_end: Option<[bool; 3]>,
}

#[derive(Clone, Copy)]
pub(super) enum Sizes {
    Here,
    /// Behind the data, after this signature; the field of the size may still tell it.
    Behind {
        signature: &'static [u8],
        size_is_here: bool,
    },
    /// In a ZIP64 field.
    Zip64,
    /// The size is in a ZIP64 field, the packed size is not.
    Zip64Size,
    /// Behind the data in 64 bits; the ZIP64 field has zeros.
    Zip64Behind,
}

pub(super) const SIGNATURE: &[u8] = b"PK\x07\x08";

pub(super) const BEHIND: Sizes = Sizes::Behind { signature: SIGNATURE, size_is_here: false };

struct Entry<'a> {
    name: &'a str,
    crc32: u32,
    packed: Vec<u8>,
    size: u32,
    style: Style,
}

impl<'a> Entry<'a> {
    fn new(name: &'a str, bytes: &[u8], mut style: Style) -> Self {
        if name.ends_with('/') {
            style = Style { deflated: false, attributes: 0x41ED_0010, sizes: [Sizes::Here; 2], ..style };
        }
        let packed = if style.deflated { miniz_oxide::deflate::compress_to_vec(bytes, 6) } else { bytes.to_vec() };
        if matches!(style.sizes[0], Sizes::Behind { .. } | Sizes::Zip64Behind) {
            style.flags |= 1 << 3;
        }
        Self { name, crc32: crc32(bytes), packed, size: bytes.len().try_into().unwrap(), style }
    }

    fn packed_size(&self) -> u32 {
        self.packed.len().try_into().unwrap()
    }

    /// The fields that both headers share, from the needed version to the lengths, and the extra fields.
    fn header(&self, place: usize) -> (Vec<u8>, Vec<u8>) {
        let (packed, size) = (self.packed_size(), self.size);
        let (crc32, sizes, zip64) = match self.style.sizes[place] {
            Sizes::Here => (self.crc32, [packed, size], vec![]),
            Sizes::Behind { size_is_here, .. } => (0, [0, if size_is_here { size } else { 0 }], vec![]),
            Sizes::Zip64 => (self.crc32, [u32::MAX; 2], vec![size, packed]),
            Sizes::Zip64Size => (self.crc32, [packed, u32::MAX], vec![size]),
            Sizes::Zip64Behind => (0, [u32::MAX; 2], vec![0, 0]),
        };
        let zip64: Vec<u8> = zip64.into_iter().flat_map(|size| u64::from(size).to_le_bytes()).collect();
        let mut extra = Vec::new();
        if !zip64.is_empty() {
            extra.extend([shorts(&[1, zip64.len()]), zip64].concat());
        }
        extra.extend(self.style.extra[place]);
        let method = if self.style.deflated { 8 } else { 0 };
        let time = [0x01D2, 0x5D7E];
        let mut fields = shorts(&[self.style.versions[1].into(), self.style.flags.into(), method, time[0], time[1]]);
        fields.extend([crc32, sizes[0], sizes[1]].into_iter().flat_map(u32::to_le_bytes));
        fields.extend(shorts(&[self.name.len(), extra.len()]));
        (fields, extra)
    }

    fn local(&self) -> Vec<u8> {
        let (fields, extra) = self.header(0);
        [b"PK\x03\x04", fields.as_slice(), self.name.as_bytes(), &extra, &self.packed, &self.descriptor()].concat()
    }

    fn central(&self, start: usize) -> Vec<u8> {
        let (fields, extra) = self.header(1);
        let mut header = [b"PK\x01\x02", shorts(&[self.style.versions[0].into()]).as_slice(), &fields, &[0; 6]].concat();
        header.extend([self.style.attributes, start.try_into().unwrap()].into_iter().flat_map(u32::to_le_bytes));
        [header.as_slice(), self.name.as_bytes(), &extra].concat()
    }

    fn descriptor(&self) -> Vec<u8> {
        let (crc32, sizes) = (self.crc32.to_le_bytes(), [self.packed_size(), self.size]);
        match self.style.sizes[0] {
            Sizes::Behind { signature, .. } => [signature, &crc32, sizes.map(u32::to_le_bytes).as_flattened()].concat(),
            Sizes::Zip64Behind => [SIGNATURE, &crc32, sizes.map(|size| u64::from(size).to_le_bytes()).as_flattened()].concat(),
            _ => Vec::new(),
        }
    }
}

/// Packs files, and folders, in their order.
pub(super) fn pack(files: &[(&str, &[u8])], style: Style) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let entry = Entry::new(name, bytes, style);
        directory.extend(entry.central(file.len()));
        file.extend(entry.local());
    }
    let (count, size, start) = (files.len(), directory.len(), file.len());
    file.extend(directory);
    let [no_count, no_size, no_start] = style.zip64_end.unwrap_or_default();
    if style.zip64_end.is_some() {
        let end = file.len() as u64;
        file.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\x03\x2d\0\0\0\0\0\0\0\0\0");
        file.extend([count, count, size, start].into_iter().flat_map(|number| (number as u64).to_le_bytes()));
        file.extend([b"PK\x06\x07\0\0\0\0", end.to_le_bytes().as_slice(), &[1, 0, 0, 0]].concat());
    }
    let count = if no_count { 0xFFFF } else { count };
    file.extend([b"PK\x05\x06", shorts(&[0, 0, count, count]).as_slice()].concat());
    for (is_blank, number) in [(no_size, size), (no_start, start)] {
        file.extend(if is_blank { u32::MAX } else { number.try_into().unwrap() }.to_le_bytes());
    }
    file.extend([0, 0]);
    file
}

fn shorts(numbers: &[usize]) -> Vec<u8> {
    numbers.iter().flat_map(|number| u16::try_from(*number).unwrap().to_le_bytes()).collect()
}

/// Bit by bit: slow, and plainly the definition.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}
