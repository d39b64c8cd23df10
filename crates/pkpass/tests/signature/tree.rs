//! DER as a tree: one element of many changed, and the lengths of all around it with it.

/// Tag, header (tag and length) and value of an element.
pub(super) struct Node<'a> {
    pub(super) tag: u8,
    pub(super) header: &'a [u8],
    pub(super) value: &'a [u8],
}

impl<'a> Node<'a> {
    pub(super) fn first(der: &'a [u8]) -> Self {
        let (length, header) = match der[1] {
            short @ 0..0x80 => (usize::from(short), 2),
            digits => {
                let digits = usize::from(digits - 0x80);
                (der[2..2 + digits].iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), 2 + digits)
            }
        };
        let (header, rest) = der.split_at(header);
        Self { tag: der[0], header, value: &rest[..length] }
    }

    pub(super) fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }

    pub(super) fn der(&self) -> Vec<u8> {
        [self.header, self.value].concat()
    }
}

pub(super) fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let [.., c, b, a] = value.len().to_be_bytes();
    let length = match value.len() {
        0..0x80 => vec![a],
        0x80..0x100 => vec![0x81, a],
        0x100..0x1_0000 => vec![0x82, b, a],
        _ => vec![0x83, c, b, a],
    };
    [vec![tag], length, value.to_vec()].concat()
}

/// Where the elements begin, those inside others included.
pub(super) fn positions(der: &[u8]) -> Vec<usize> {
    let (mut all, mut at) = (Vec::new(), 0);
    while at < der.len() {
        let node = Node::first(&der[at..]);
        all.push(at);
        let inside = at + node.header.len();
        if node.is_constructed() {
            all.extend(positions(node.value).into_iter().map(|position| inside + position));
        }
        at = inside + node.value.len();
    }
    all
}

/// The same with the element at a position changed.
pub(super) fn with(der: &[u8], position: usize, change: &dyn Fn(&Node<'_>) -> Vec<u8>) -> Vec<u8> {
    let (mut result, mut at) = (Vec::new(), 0);
    while at < der.len() {
        let node = Node::first(&der[at..]);
        let inside = at + node.header.len();
        let end = inside + node.value.len();
        result.extend(if at == position {
            change(&node)
        } else if (inside..end).contains(&position) {
            element(node.tag, &with(node.value, position - inside, change))
        } else {
            node.der()
        });
        at = end;
    }
    result
}
