//! Checks that provider tokens are reused. APNs wants each for 20 to 60 minutes ("Establishing a token-based
//! connection to APNs").

use super::{credentials::Credentials, problem::Problem, provider_token::Claims};
use std::{collections::HashMap, time::Duration};

/// A provider token that came with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderToken {
    pub jwt: String,
    pub claims: Claims,
    pub requests: u64,
    /// Whether it was accepted. It is refused if it comes too soon after the one before.
    pub taken: bool,
}

pub(super) struct Updates {
    every: Duration,
    tokens: Vec<ProviderToken>,
    places: HashMap<String, usize>,
    newest: HashMap<(String, String), Newest>,
}

/// The newest token of a team and key.
struct Newest {
    place: usize,
    /// When it came, in unix seconds.
    since: i64,
    /// Whether it was called expired. Then the client shall make a new one.
    expired: bool,
}

impl Updates {
    pub(super) fn new(every: Duration) -> Self {
        Self { every, tokens: Vec::new(), places: HashMap::new(), newest: HashMap::new() }
    }

    /// Accepts a token, or returns the problem with it. Each is verified once. `now` is unix seconds.
    pub(super) fn take(
        &mut self,
        jwt: &str,
        credentials: Option<&Credentials>,
        now: i64,
    ) -> (Option<Claims>, Result<(), Problem>) {
        let place = match self.places.get(jwt) {
            Some(place) => *place,
            None => match Claims::parse(jwt, credentials) {
                Ok(claims) => self.add(jwt, claims),
                Err(wrong) => return (None, Err(Problem::refused("InvalidProviderToken", wrong))),
            },
        };
        self.tokens[place].requests += 1;
        let claims = self.tokens[place].claims.clone();
        if let Err(wrong) = claims.in_time(now) {
            self.expire(jwt);
            return (Some(claims), Err(Problem::refused("ExpiredProviderToken", wrong)));
        }
        (Some(claims), self.renew(place, now))
    }

    /// Notes that a token was called expired. The next one may come at once.
    pub(super) fn expire(&mut self, jwt: &str) {
        let place = self.places.get(jwt);
        for newest in self.newest.values_mut().filter(|newest| Some(&newest.place) == place) {
            newest.expired = true;
        }
    }

    pub(super) fn tokens(&self) -> &[ProviderToken] {
        &self.tokens
    }

    fn add(&mut self, jwt: &str, claims: Claims) -> usize {
        let place = self.tokens.len();
        self.tokens.push(ProviderToken { jwt: jwt.to_owned(), claims, requests: 0, taken: false });
        self.places.insert(jwt.to_owned(), place);
        place
    }

    fn renew(&mut self, place: usize, now: i64) -> Result<(), Problem> {
        let token = &mut self.tokens[place];
        if token.taken {
            return Ok(());
        }
        let owner = (token.claims.team_id.clone(), token.claims.key_id.clone());
        let too_soon = self.newest.get(&owner).filter(|newest| {
            let age = u64::try_from(now - newest.since).unwrap_or_default();
            !newest.expired && Duration::from_secs(age) < self.every
        });
        if let Some(newest) = too_soon {
            let wrong = format!("another one came {} seconds before", now - newest.since);
            return Err(Problem::refused("TooManyProviderTokenUpdates", wrong));
        }
        token.taken = true;
        self.newest.insert(owner, Newest { place, since: now, expired: false });
        Ok(())
    }
}
