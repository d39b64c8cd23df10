//! What transport, or malice, does to a file.

use proptest::{collection::vec, prelude::*, sample::Index};

/// One thing that transport, or malice, does to a file.
#[derive(Debug, Clone)]
pub(super) enum Mutation {
    Flip(Index, u8),
    Truncate(Index),
    Repeat(Index, Index),
    Remove(Index, Index),
    Overwrite(Index, Vec<u8>),
}

impl Mutation {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        // Numbers at the edges of what fields hold.
        let edges = prop_oneof![
            Just(vec![0, 0]),
            Just(vec![1, 0]),
            Just(vec![0xFF, 0xFF]),
            Just(vec![0xFF; 4]),
            Just(vec![0xFE, 0xFF, 0xFF, 0xFF]),
            Just(vec![0; 4]),
            Just(b"PK\x05\x06".to_vec()),
            Just(b"PK\x01\x02".to_vec()),
            vec(any::<u8>(), 1..8),
        ];
        prop_oneof![
            8 => (any::<Index>(), 1_u8..).prop_map(|(at, bits)| Self::Flip(at, bits)),
            1 => any::<Index>().prop_map(Self::Truncate),
            2 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Repeat(from, to)),
            2 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Remove(from, to)),
            8 => (any::<Index>(), edges).prop_map(|(at, bytes)| Self::Overwrite(at, bytes)),
        ]
    }

    pub(super) fn apply(&self, file: &mut Vec<u8>) {
        if file.is_empty() {
            return;
        }
        let length = file.len();
        let range = |one: &Index, other: &Index| {
            let (one, other) = (one.index(length), other.index(length));
            one.min(other)..one.max(other)
        };
        match self {
            Self::Flip(at, bits) => {
                file.iter_mut().skip(at.index(length)).take(1).for_each(|byte| *byte ^= bits);
            }
            Self::Truncate(at) => file.truncate(at.index(length)),
            Self::Repeat(from, to) => file.extend_from_within(range(from, to)),
            Self::Remove(from, to) => drop(file.drain(range(from, to))),
            Self::Overwrite(at, bytes) => {
                file.iter_mut().skip(at.index(length)).zip(bytes).for_each(|(byte, new)| *byte = *new);
            }
        }
    }
}
