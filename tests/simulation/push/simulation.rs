//! A random schedule of everybody's actions and of workers' steps. Some workers stop for ever.

mod settle;

use super::{
    phone::Phone,
    queue::Waiting,
    service::Mood,
    shadow::Shadow,
    worker::{cron, work},
    world::{START_MS, World},
};
use crate::issued::{Issued, PASSES, TYPES};
use edgepass::{jobs::RETRY_SECONDS, upkeep};
use edgepass_support::storage::{Snapshot, block_on};
use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

const PHONES: usize = 8;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
const TASKS: usize = 6;

/// An invocation, and its message.
struct Task {
    future: Pin<Box<dyn Future<Output = bool>>>,
    message: Option<Waiting>,
}

pub(crate) struct Simulation {
    pub(crate) world: Rc<World>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) phones_made: usize,
    pub(crate) passes: Vec<Issued>,
    tasks: Vec<Task>,
    next_minute_ms: i64,
    snapshot: Option<(Snapshot, Shadow)>,
    pub(crate) restored: bool,
    /// How many tokens were found dead before faults ended.
    pub(crate) settled: usize,
    /// Whether the cron trigger runs. Without it every due time needs a message, so no message may be lost.
    cron: bool,
    /// The most invocations at a time.
    pub(crate) workers: usize,
    fault_percent: usize,
    crash_percent: usize,
    queue_percent: usize,
    service_percent: usize,
}

impl Simulation {
    pub(crate) fn in_world(world: Rc<World>) -> Self {
        Self {
            world,
            phones: Vec::new(),
            phones_made: 0,
            passes: Vec::new(),
            tasks: Vec::new(),
            next_minute_ms: START_MS + MINUTE_MS,
            snapshot: None,
            restored: false,
            settled: 0,
            cron: true,
            workers: TASKS,
            fault_percent: 0,
            crash_percent: 0,
            queue_percent: 0,
            service_percent: 0,
        }
    }

    pub(crate) fn new(seed: u64) -> Self {
        let chance = edgepass_support::chance::Chance::new(seed ^ 0x5EED);
        let interval_ms = *chance.pick(&[0, 1_000, 60_000]).unwrap();
        let page = *chance.pick(&[2, 2, 3, 1000]).unwrap();
        let mut simulation = Self::in_world(World::new(seed, interval_ms, page, chance.percent(50)));
        simulation.fault_percent = *chance.pick(&[0, 3, 10]).unwrap();
        simulation.crash_percent = *chance.pick(&[0, 1, 4]).unwrap();
        simulation.queue_percent = *chance.pick(&[0, 10, 40]).unwrap();
        simulation.service_percent = *chance.pick(&[0, 10, 40]).unwrap();
        if seed.is_multiple_of(4) {
            simulation.switch_cron_off();
        }
        simulation.passes = (0..PASSES).map(Issued::new).collect();
        let odd = chance.percent(25);
        for number in 0..PHONES {
            let phone = match number {
                0 => simulation.phone(Some("AndroidPass"), false, "android"),
                1 => simulation.phone(Some("unknown"), false, "unknown"),
                2 if odd => simulation.phone(None, true, "unreachable"),
                3 if odd => simulation.phone(None, false, "../no token"),
                _ => simulation.phone(None, false, "apple"),
            };
            simulation.phones.push(phone);
        }
        simulation
    }

    /// The cron trigger never runs, and only the push service fails.
    pub(crate) fn switch_cron_off(&mut self) {
        self.cron = false;
        (self.fault_percent, self.crash_percent, self.queue_percent) = (0, 0, 0);
    }

    pub(crate) fn disturb(&self) {
        self.world.queue.percent.set(self.queue_percent);
        self.world.service.usual.set(self.service_percent);
    }

    pub(crate) fn step(&mut self) {
        self.world.set_faults(self.fault_percent);
        self.pass_time();
        self.hear();
        match self.world.chance.below(200) {
            0 => self.snapshot(),
            1 if self.cron && self.world.chance.percent(30) => self.restore(),
            2 => self.sweep(),
            3 => self.publish_in_mid_lap(),
            4..7 => self.change_mood(),
            7..35 => self.publish_something(),
            35..70 => self.use_a_phone(),
            70..110 => drop(self.start_a_worker()),
            _ => self.poll_a_task(),
        }
    }

    fn pass_time(&mut self) {
        let far = match self.world.chance.below(1000) {
            0 => self.world.some_ms(10_000_000),
            1..10 => self.world.some_ms(300_000),
            10..100 => self.world.some_ms(15_000),
            100..500 => self.world.some_ms(500),
            _ => self.world.some_ms(2),
        };
        self.world.clock_ms.set(self.world.now_ms() + far);
        if self.world.now_ms() >= self.next_minute_ms {
            self.next_minute_ms = self.world.now_ms() / MINUTE_MS * MINUTE_MS + MINUTE_MS;
            self.start_cron();
        }
    }

    fn start_cron(&mut self) {
        if self.cron {
            self.start(Box::pin(cron(Rc::clone(&self.world))), None);
        }
    }

    fn start(&mut self, future: Pin<Box<dyn Future<Output = bool>>>, message: Option<Waiting>) {
        self.tasks.push(Task { future, message });
    }

    fn start_a_worker(&mut self) -> bool {
        if self.tasks.len() >= self.workers {
            return false;
        }
        let Some(message) = self.world.receive() else { return false };
        self.start(Box::pin(work(Rc::clone(&self.world), message.text.clone())), Some(message));
        true
    }

    fn poll_a_task(&mut self) {
        if self.tasks.is_empty() {
            return;
        }
        let chosen = self.world.chance.below(self.tasks.len());
        for _ in 0..=self.world.chance.below(8) {
            if self.world.chance.percent(self.crash_percent) {
                self.crash(chosen);
                return;
            }
            if self.poll(chosen) {
                return;
            }
        }
    }

    fn poll(&mut self, chosen: usize) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(done) = self.tasks[chosen].future.as_mut().poll(&mut context) else { return false };
        self.world.progress();
        let task = self.tasks.swap_remove(chosen);
        if let Some(message) = task.message.filter(|_| !done) {
            self.world.send_again(&message, RETRY_SECONDS);
        }
        true
    }

    /// An invocation stops in the middle. Its message may come again.
    fn crash(&mut self, chosen: usize) {
        let task = self.tasks.swap_remove(chosen);
        self.world.event(|| "an invocation crashes".to_owned());
        drop(task.future);
        if let Some(message) = task.message.filter(|_| self.world.chance.percent(50)) {
            self.world.send_again(&message, RETRY_SECONDS);
        }
    }

    fn change_mood(&self) {
        let chance = &self.world.chance;
        let service = &self.world.service;
        let mood = match chance.below(6) {
            0 | 1 => Mood::Down,
            2 => Mood::Refusing,
            3 => Mood::RefusingType(chance.pick(&TYPES).unwrap()),
            4 => Mood::Flaky(80),
            _ => return self.expire(),
        };
        service.mood.set(mood);
        service.until_ms.set(self.world.now_ms() + self.world.some_ms(1_200_000));
        self.world.event(|| format!("the push service is {mood:?}"));
    }

    /// The service calls the provider token expired: at most once each half-hour, and not in its first minute.
    fn expire(&self) {
        let (service, window) = (&self.world.service, self.world.now_ms() / 1_800_000);
        if self.world.now_ms() % 1_800_000 < MINUTE_MS {
            return;
        }
        if service.last_expired.replace(window) < window && !service.last_bearer.borrow().is_empty() {
            let bearer = service.last_bearer.borrow().clone();
            service.expired.borrow_mut().insert(bearer);
            self.world.event(|| "the provider token expires".to_owned());
        }
    }

    fn snapshot(&mut self) {
        let snapshot = self.world.database.borrow_mut().sqlite.snapshot();
        self.snapshot = Some((snapshot, self.world.shadow.borrow().clone().unwrap()));
        self.world.event(|| "snapshot".to_owned());
    }

    fn sweep(&self) {
        let port = super::world::Port { world: Rc::clone(&self.world), who: super::shadow::Who::Reader };
        let _ = block_on(upkeep::forget_devices(&port, self.world.now_ms() / 1000));
        self.world.economy.forget();
    }

    pub(crate) fn is_working(&self) -> bool {
        self.tasks.iter().any(|task| task.message.is_some()) || !self.world.queue.waiting.borrow().is_empty()
    }
}
