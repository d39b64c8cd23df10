//! What event tickets and boarding passes of the semantic style need, which a pass asks for in `preferredStyleSchemes`. Without
//! it, Wallet shows the classic style (apple/pass-builder, its validators; Apple, "Creating a poster event pass using semantic
//! tags" and "Creating an airline boarding pass using semantic tags").

use super::{Map, Notes, Value, WarningCode, present, warn};
use crate::date;

/// Names of tags. A tag may have two: those of Apple's documentation and of its tool differ. `|` stands between them.
type Tags = &'static str;

/// What a scheme needs, and what it should have.
struct Scheme {
    name: &'static str,
    style: &'static str,
    required: Tags,
    recommended: Tags,
}

const BOARDING: Scheme = Scheme {
    name: "semanticBoardingPass",
    style: "boardingPass",
    required: "airlineCode flightNumber originalBoardingDate originalDepartureDate originalArrivalDate departureAirportCode \
               departureAirportTimeZone|departureLocationTimeZone destinationAirportCode passengerName",
    recommended: "departureCityName destinationCityName destinationAirportTimeZone|destinationLocationTimeZone seats",
};

const EVENT: Scheme = Scheme {
    name: "posterEventTicket",
    style: "eventTicket",
    required: "eventName venueName",
    recommended: "venueRegionName venueRoom eventStartDate|eventStartDateInfo seats",
};

/// Checks a pass that asks for a scheme, and says whether it is one for posters.
pub(super) fn check(members: &Map<String, Value>, notes: &mut Notes) -> bool {
    let asks = |scheme: &Scheme| {
        let schemes = members.get("preferredStyleSchemes").and_then(Value::as_array);
        present(members, scheme.style).is_some() && schemes.is_some_and(|names| names.iter().any(|name| name == scheme.name))
    };
    if asks(&BOARDING) {
        let pass = Pass::new(members, &BOARDING);
        if members
            .get("boardingPass")
            .and_then(|fields| fields.get("transitType"))
            .is_none_or(|kind| kind != "PKTransitTypeAir")
        {
            pass.require("the transitType PKTransitTypeAir", notes);
        }
        pass.check(BOARDING.required, BOARDING.recommended, notes);
    }
    let is_event = asks(&EVENT);
    if is_event {
        Pass::new(members, &EVENT).check_event(notes);
    }
    is_event
}

/// A pass that asks for a scheme.
struct Pass<'a> {
    scheme: &'static Scheme,
    members: &'a Map<String, Value>,
    /// Those of the pass, and those of its fields.
    semantics: Vec<&'a Map<String, Value>>,
}

impl<'a> Pass<'a> {
    fn new(members: &'a Map<String, Value>, scheme: &'static Scheme) -> Self {
        let mut semantics = Vec::new();
        semantics.extend(members.get("semantics").and_then(Value::as_object));
        for list in members.get(scheme.style).and_then(Value::as_object).into_iter().flat_map(Map::values) {
            for field in list.as_array().map(Vec::as_slice).unwrap_or_default() {
                semantics.extend(field.get("semantics").and_then(Value::as_object));
            }
        }
        Self { scheme, members, semantics }
    }

    fn tag(&self, name: &str) -> Option<&'a Value> {
        self.semantics.iter().find_map(|tags| tags.get(name).filter(|value| !is_empty(value)))
    }

    fn check(&self, required: Tags, recommended: Tags, notes: &mut Notes) {
        let lacks = |tag: &&str| tag.split('|').all(|name| self.tag(name).is_none());
        for tag in required.split_terminator(' ').filter(lacks) {
            self.require(&format!("semantics.{}", first(tag)), notes);
        }
        for tag in recommended.split_terminator(' ').filter(lacks) {
            let message = format!("Wallet shows semantics.{} in the style {}. Add it.", first(tag), self.scheme.name);
            warn(notes, WarningCode::SchemeRecommends, message);
        }
    }

    fn require(&self, what: &str, notes: &mut Notes) {
        let Scheme { name, style, .. } = self.scheme;
        let message = format!("The style {name} needs {what}. Without it, Wallet shows the pass as a classic {style}.");
        warn(notes, WarningCode::SchemeRequires, message);
    }

    fn check_event(&self, notes: &mut Notes) {
        self.check(EVENT.required, EVENT.recommended, notes);
        match self.tag("eventType").and_then(Value::as_str) {
            Some("PKEventTypeSports") => self.check("homeTeamAbbreviation awayTeamAbbreviation", "", notes),
            Some("PKEventTypeLivePerformance") => self.check("performerNames", "", notes),
            _ => {}
        }
        // Apple's validator wants requiresAuthentication in it. The passes in Apple's documentation have none.
        if present(self.members, "nfc").is_none() {
            self.require("an nfc dictionary", notes);
        }
        let date = |name| date::parse_w3c(self.tag(name)?.as_str()?);
        if let (Some(start), Some(end)) = (date("eventStartDate"), date("eventEndDate"))
            && start > end
        {
            let message = "semantics.eventEndDate is before eventStartDate.".to_owned();
            warn(notes, WarningCode::EventDates, message);
        }
    }
}

fn first(tag: &str) -> &str {
    tag.split('|').next().unwrap_or_default()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(Value::is_null),
        _ => false,
    }
}
