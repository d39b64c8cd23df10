//! Restores the database, and settles at the end.

use super::{DAY_MS, MINUTE_MS, PASSES, PHONES, Simulation};

impl Simulation {
    pub(super) fn restore(&mut self) {
        let Some((snapshot, shadow)) = &self.snapshot else { return };
        self.world.database.borrow_mut().sqlite.restore(snapshot);
        self.world.shadow.replace(Some(shadow.clone()));
        self.restored = true;
        self.world.economy.forget();
        self.world.tick();
        self.world.event(|| "the database is restored".to_owned());
        for phone in &mut self.phones {
            // Phones do not learn of the restore.
            phone.leaving.clear();
        }
        for number in 0..PASSES {
            if self.world.chance.percent(50) {
                self.passes[number].publish_next(&self.world);
            }
        }
    }

    /// Nothing fails any more. Phones register what they have. Then only the service works, until nothing is left to do.
    pub(crate) fn settle(&mut self) {
        self.world.event(|| "settling".to_owned());
        self.world.set_faults(0);
        self.world.queue.percent.set(0);
        self.world.service.usual.set(0);
        self.world.service.until_ms.set(0);
        if self.world.chance.percent(50) {
            self.publish_in_mid_lap();
        }
        if self.cron && self.world.chance.percent(30) {
            // The cron trigger finds what the queue lost.
            self.world.queue.waiting.take();
        }
        self.rotate_what_is_pushed_to();
        self.settled = self.world.service.dead.borrow().len();
        for at in 0..PHONES {
            for pass in self.phones[at].leaving.clone() {
                self.unregister(at, pass);
            }
            let missing = self.phones[at].held.iter().filter(|(_, acknowledged)| !**acknowledged);
            for pass in missing.map(|(pass, _)| *pass).collect::<Vec<_>>() {
                self.register(at, pass);
            }
        }
        let end = self.world.now_ms() + 2 * DAY_MS;
        while self.is_busy() {
            assert!(self.world.now_ms() < end, "something is left to do after two days");
            self.run_until(self.next_minute_ms);
            self.check_never_tried();
        }
        for at in 0..PHONES {
            self.look(at);
        }
        self.check();
    }

    /// Runs all tasks without crashes until a moment.
    pub(crate) fn run_until(&mut self, moment_ms: i64) {
        while self.world.now_ms() < moment_ms {
            self.run_what_can();
            let next = self.world.wake_ms.replace(i64::MAX).min(self.next_minute_ms).min(moment_ms);
            let next = self.world.next_message_ms().map_or(next, |due| next.min(due));
            self.world.clock_ms.set(next.max(self.world.now_ms() + 1));
            if self.world.now_ms() >= self.next_minute_ms {
                self.next_minute_ms += MINUTE_MS;
                self.start_cron();
            }
        }
    }

    /// Polls all tasks until each waits for the clock.
    pub(super) fn run_what_can(&mut self) {
        let mut idle = 0;
        while idle < 3 {
            let before = self.world.steps.get();
            while self.start_a_worker() {}
            let mut left = self.tasks.len();
            while left > 0 && !self.tasks.is_empty() {
                let chosen = self.world.chance.below(self.tasks.len());
                self.poll(chosen);
                left -= 1;
            }
            self.hear();
            for at in 0..self.phones.len() {
                self.look(at);
            }
            idle = if self.world.steps.get() == before { idle + 1 } else { 0 };
        }
    }
}
