//! The services below `call`, made for tests of what stands on them: no daemon, a fake Mixpanel, a clock of the test's.

use std::path::Path;
use std::sync::Arc;

use crate::call::calls::Calls;
use crate::call::gate::Gates;
use crate::clock::Clock;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::hub::Hub;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::mixpanel::Mixpanel;
use crate::store::Store;

pub(crate) struct Services {
    pub(crate) paths: Paths,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) life: Life,
    pub(crate) store: Arc<Store>,
    pub(crate) mixpanel: Arc<Mixpanel>,
    pub(crate) endpoint: Endpoint,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) gates: Gates,
    pub(crate) calls: Calls,
}

impl Services {
    /// Returns services over the storage root `.mp` of a home.
    pub(crate) fn new(home: &Path, clock: Arc<dyn Clock>, upstream: String) -> Self {
        let paths = Paths::new(home.join(".mp"), home.to_owned());
        let (hub, life) = (Arc::new(Hub::new("test".to_owned())), Life::default());
        let store = Arc::new(Store::new(&paths, Arc::clone(&hub), Arc::clone(&clock)));
        let mixpanel = Arc::new(Mixpanel::new(Some(upstream)));
        let endpoint = Endpoint::new(Arc::clone(&mixpanel), Arc::clone(&clock));
        let keeper = Keeper::new(paths.clone(), endpoint.clone(), Arc::clone(&clock), Arc::clone(&hub), life.clone());
        let (keeper, gates) = (Arc::new(keeper), Gates::new(Arc::clone(&clock)));
        let calls = Calls::new(
            Arc::clone(&mixpanel),
            Arc::clone(&keeper),
            gates.clone(),
            Arc::clone(&store),
            Arc::clone(&hub),
            life.clone(),
        );
        Self { paths, clock, hub, life, store, mixpanel, endpoint, keeper, gates, calls }
    }
}
