//! The services that everything else stands on, made from the bottom up.

use std::sync::Arc;

use crate::call::calls::Calls;
use crate::call::gate::Gates;
use crate::call::ledger::Ledgers;
use crate::call::waits::Waits;
use crate::clock::Clock;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::files::witness::Witness;
use crate::hub::Hub;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::meter::Meters;
use crate::mixpanel::Mixpanel;
#[cfg(test)]
use crate::mixpanel::network::Variables;
use crate::store::Store;
use crate::trace::Spans;
use crate::vault::Vault;

/// Everything up to the calls to Mixpanel. Tests of what stands on it make it, too, with a fake Mixpanel and a clock of their own.
pub(crate) struct Base {
    pub(crate) paths: Paths,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) meters: Arc<Meters>,
    pub(crate) spans: Arc<Spans>,
    pub(crate) life: Life,
    pub(crate) store: Arc<Store>,
    pub(crate) mixpanel: Arc<Mixpanel>,
    pub(crate) endpoint: Endpoint,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) gates: Gates,
    pub(crate) calls: Calls,
}

impl Base {
    /// Makes the services of a storage root. Event ids begin with the instance.
    pub(crate) fn new(
        paths: Paths,
        clock: Arc<dyn Clock>,
        mixpanel: Mixpanel,
        instance: String,
        witness: Arc<Witness>,
    ) -> Self {
        let (hub, life, mixpanel) = (Arc::new(Hub::new(instance)), Life::default(), Arc::new(mixpanel));
        let vault = Arc::new(Vault::new(&paths));
        let meters = Arc::<Meters>::default();
        let spans = Arc::new(Spans::new(Arc::clone(&meters)));
        let store = Store::new(&paths, Arc::clone(&hub), Arc::clone(&clock), Arc::clone(&vault));
        let store = Arc::new(store.seen_by(Arc::clone(&witness)));
        let told_where = Arc::clone(&vault);
        store.follow(move |snapshot| told_where.set_wanted(snapshot.config.secret_store));
        let endpoint = Endpoint::new(Arc::clone(&mixpanel), Arc::clone(&clock));
        let (served, told, ends) = (Arc::clone(&clock), Arc::clone(&hub), life.clone());
        let seen = (witness, Arc::clone(&meters));
        let keeper = Keeper::new(paths.clone(), endpoint.clone(), vault, served, told, ends, seen);
        let (keeper, gates) = (Arc::new(keeper), Gates::new(Arc::clone(&clock)));
        let sent = Arc::clone(&mixpanel);
        store.follow(move |snapshot| sent.set_settings(&snapshot.config.network));
        let limited = gates.clone();
        store.follow(move |snapshot| limited.set_limits(&snapshot.config.limits));
        let calls = Calls::new(
            Arc::clone(&mixpanel),
            Arc::clone(&keeper),
            gates.clone(),
            Arc::clone(&store),
            Arc::clone(&hub),
            (
                Waits::new(Arc::clone(&clock), Arc::clone(&hub)),
                Ledgers::new(paths.root(), Arc::clone(&clock)),
                Arc::clone(&meters),
                Arc::clone(&spans),
            ),
            life.clone(),
        );
        Self { paths, clock, hub, meters, spans, life, store, mixpanel, endpoint, keeper, gates, calls }
    }

    /// Makes the services of the storage root `.mp` in a home, with this stand-in for Mixpanel.
    #[cfg(test)]
    pub(crate) fn of(home: &std::path::Path, clock: Arc<dyn Clock>, upstream: String) -> Self {
        let paths = Paths::new(home.join(".mp"), home.to_owned());
        Self::new(paths, clock, Mixpanel::new(Some(upstream), Variables::default()), "test".to_owned(), Arc::default())
    }
}
