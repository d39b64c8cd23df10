//! The life of a pass on a phone, played against a service and written down line by line.

use super::{Exchange, Phone, exchange::line};
use crate::{http::Answer, pass::Pass};
use std::{
    fmt,
    io::{self, Write},
};

/// Plays scenes and writes them down; knows in the end whether a phone would have complained.
pub struct Transcript<W> {
    out: W,
    complaints: Vec<String>,
    pushed: Option<Pushed>,
}

/// Waits until a phone is pushed to, and says whether it was.
pub type Pushed = Box<dyn FnMut(&Phone) -> bool>;

impl<W: Write> Transcript<W> {
    pub fn new(out: W) -> Self {
        Self { out, complaints: Vec::new(), pushed: None }
    }

    /// One in which a phone is pushed to when its pass changed.
    #[must_use]
    pub fn expecting_pushes(mut self, pushed: Pushed) -> Self {
        self.pushed = Some(pushed);
        self
    }

    /// What a phone would have complained about, or an issuer, each with the name of the exchange.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// A phone gets the pass, and asks for it; `change` makes a new version between two lists.
    pub fn play(
        &mut self,
        phone: &mut Phone,
        pass: &Pass,
        change: Option<(&'static str, &mut dyn FnMut() -> Answer)>,
    ) -> io::Result<()> {
        self.phone(201, &phone.register(pass))?;
        self.phone(200, &phone.register(pass).with_title("register again"))?;
        self.phone(200, &phone.list(&pass.pass_type))?;
        self.phone(204, &phone.list(&pass.pass_type).with_title("list again"))?;
        if let Some((method, change)) = change {
            self.issuer(method, "change", 200, &change())?;
            self.push(phone)?;
            self.phone(200, &phone.list(&pass.pass_type).with_title("list the change"))?;
        }
        self.phone(200, &phone.fetch(pass))?;
        self.phone(304, &phone.fetch_conditionally(pass).with_title("send again"))?;
        self.phone(200, &phone.log(&["edgepass phone: this line is a test of the log"]))?;
        self.phone(200, &phone.unregister(pass))
    }

    /// Writes down an exchange of an issuer.
    pub fn issuer(&mut self, method: &'static str, title: &str, expected: u16, answer: &Answer) -> io::Result<()> {
        writeln!(self.out, "{}", line(method, title, answer))?;
        if answer.status == expected {
            return Ok(());
        }
        self.complain(title, format!("Expected {expected}, received {answer}: {}", answer.text()))
    }

    pub fn end(&mut self) -> io::Result<()> {
        match self.complaints.len() {
            0 => writeln!(self.out, "\nA phone is content with every answer."),
            1 => writeln!(self.out, "\nOne answer is not as it should be."),
            count => writeln!(self.out, "\n{count} answers are not as they should be."),
        }
    }

    /// Writes down that the phone was pushed to, where that is expected.
    fn push(&mut self, phone: &Phone) -> io::Result<()> {
        match self.pushed.as_mut().map(|pushed| pushed(phone)) {
            None => Ok(()),
            Some(true) => writeln!(self.out, "push   the phone is told"),
            Some(false) => self.complain("push", "Expected a push, but none came"),
        }
    }

    fn phone(&mut self, expected: u16, exchange: &Exchange) -> io::Result<()> {
        writeln!(self.out, "{exchange}{}", Detail(exchange))?;
        for complaint in exchange.complaints() {
            self.complain(&exchange.title, complaint)?;
        }
        if exchange.complaints().is_empty() && exchange.status() != expected {
            let complaint = format!("Expected {expected}, received {}", exchange.status());
            self.complain(&exchange.title, complaint)?;
        }
        Ok(())
    }

    fn complain(&mut self, title: &str, complaint: impl fmt::Display) -> io::Result<()> {
        writeln!(self.out, "       ^ {complaint}")?;
        self.complaints.push(format!("{title}: {complaint}"));
        Ok(())
    }
}

/// What is worth seeing of an answer besides its status.
struct Detail<'a>(&'a Exchange);

impl fmt::Display for Detail<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(answer) = self.0.answer.as_ref().filter(|answer| answer.status == 200) else {
            return Ok(());
        };
        match (self.0.tag(), answer.header("Last-Modified")) {
            (Some(tag), _) => write!(formatter, "   {} updated, tag {tag}", self.0.serials().len()),
            (None, Some(date)) => write!(formatter, "   {} bytes of {date}", answer.body.len()),
            (None, None) => Ok(()),
        }
    }
}
