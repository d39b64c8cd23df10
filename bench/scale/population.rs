//! Who holds what, by number: nothing of it needs memory, however many there are.

/// Registrations of a group: one device with 100 passes, 20 with 10, 100 with one, 150 with 4.
const GROUP: u64 = 1_000;

/// How many devices of a group hold so many passes.
const HOLDINGS: [(u64, u64); 4] = [(1, 100), (20, 10), (100, 1), (150, 4)];

/// Devices of a group.
const DEVICES: u64 = 271;

/// Registrations of each pass.
pub(crate) const HOLDERS: u64 = 10;

/// A number of registrations, numbered from 0: a device's are next to each other, a pass's far apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Population {
    /// How many registrations there are: a multiple of a thousand.
    pub(crate) registrations: u64,
    /// Prime to the number of passes.
    stride: u64,
    /// Prime to the number of registrations.
    arrival: u64,
}

/// A device's holding of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Registration {
    /// The number of the device.
    pub(crate) device: u64,
    /// The number of the pass.
    pub(crate) pass: u64,
}

impl Population {
    pub(crate) fn of(registrations: u64) -> Self {
        assert!(
            registrations > 0 && registrations.is_multiple_of(GROUP),
            "registrations come by the thousand"
        );
        let passes = registrations / HOLDERS;
        Self { registrations, stride: golden(passes), arrival: golden(registrations) }
    }

    /// How many passes there are.
    pub(crate) fn passes(&self) -> u64 {
        self.registrations / HOLDERS
    }

    /// How many devices there are; further ones have no registration.
    pub(crate) fn devices(&self) -> u64 {
        self.registrations / GROUP * DEVICES
    }

    /// A registration. Those of one device are of as many different passes, and each pass has ten.
    pub(crate) fn registration(&self, number: u64) -> Registration {
        Registration { device: device_of(number), pass: number * self.stride % self.passes() }
    }

    /// The registration that was made as the `nth`: one after the other are of devices that have nothing in common.
    pub(crate) fn arrival(&self, nth: u64) -> Registration {
        self.registration(nth * self.arrival % self.registrations)
    }

    /// Some device that holds so many passes.
    pub(crate) fn holder_of(&self, passes: u64, choice: u64) -> u64 {
        let mut first = 0;
        for (devices, each) in HOLDINGS {
            if each == passes {
                let group = choice / devices % (self.registrations / GROUP);
                return group * DEVICES + first + choice % devices;
            }
            first += devices;
        }
        panic!("no device holds {passes} passes");
    }
}

fn device_of(registration: u64) -> u64 {
    let (group, mut place) = (registration / GROUP, registration % GROUP);
    let mut first = group * DEVICES;
    for (devices, each) in HOLDINGS {
        if place < devices * each {
            return first + place / each;
        }
        place -= devices * each;
        first += devices;
    }
    unreachable!("the holdings are all of a group");
}

/// A number prime to this one, and about 0.618 of it, so that its multiples are spread evenly.
fn golden(number: u64) -> u64 {
    let mut candidate = number * 618 / 1000 + 1;
    while common(candidate, number) != 1 {
        candidate += 1;
    }
    candidate
}

fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}
