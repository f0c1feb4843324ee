//! Mixpanel's token endpoint (RFC 6749 §4.1.3 and §6): a code or a refresh token goes in, tokens come out.
//!
//! The provider may have spent a refresh token by the time its answer turns out odd. So whatever holds a usable access token is
//! accepted, however unusual the fields around it: to throw a new grant away would log the user out. What is no grant is told apart
//! into a final refusal and "weather", which passes.

pub mod error;
mod granted;
mod wire;

use std::sync::Arc;

use mp_proto::ids::Region;
use mp_proto::secret::Secret;
use oauth2::basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, EndpointNotSet, EndpointSet, PkceCodeVerifier, RedirectUrl, RefreshToken,
    StandardRevocableToken, TokenUrl,
};

use self::error::EndpointError;
use self::granted::Granted;
use self::wire::Wire;
use crate::clock::Clock;
use crate::identity::bases::CallerBases;
use crate::identity::tokens::Tokens;
use crate::mixpanel::{Host, Mixpanel};

/// The token endpoint of every region.
#[derive(Clone)]
pub struct Endpoint {
    mixpanel: Arc<Mixpanel>,
    clock: Arc<dyn Clock>,
}

impl Endpoint {
    /// Returns the token endpoint at Mixpanel.
    pub fn new(mixpanel: Arc<Mixpanel>, clock: Arc<dyn Clock>) -> Self {
        Self { mixpanel, clock }
    }

    /// Exchanges an authorization code.
    ///
    /// # Errors
    /// When the provider refuses, or cannot be reached or understood.
    pub async fn exchange(
        &self,
        region: Region,
        client_id: &str,
        redirect_uri: &str,
        code: Secret,
        verifier: Secret,
    ) -> Result<Tokens, EndpointError> {
        let client = client(&self.mixpanel, region, client_id)?;
        let redirect = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| EndpointError::weather("the redirect address is not a URL"))?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        let wire = Wire::new(&self.mixpanel)?;
        let answer = request.request_async(&wire).await;
        let granted = answer.map_err(|error| wire.explain(error))?;
        granted.into_tokens(self.clock.now(), client_id, None)
    }

    /// Exchanges a refresh token. What the answer leaves out (a new refresh token, the scope) stays as it was (RFC 6749 §5.1, §6).
    ///
    /// # Errors
    /// When the provider refuses, or cannot be reached or understood.
    pub async fn refresh(&self, region: Region, client_id: &str, old: &Tokens) -> Result<Tokens, EndpointError> {
        let refresh_token = old.refresh_token.as_ref().map_or("", Secret::expose);
        let refresh_token = RefreshToken::new(refresh_token.to_owned());
        let client = client(&self.mixpanel, region, client_id)?;
        let request = client.exchange_refresh_token(&refresh_token);
        let wire = Wire::new(&self.mixpanel)?;
        let answer = request.request_async(&wire).await;
        let granted = answer.map_err(|error| wire.explain(error))?;
        granted.into_tokens(self.clock.now(), client_id, Some(old))
    }
}

type OauthClient = oauth2::Client<
    BasicErrorResponse,
    Granted,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

fn client(mixpanel: &Mixpanel, region: Region, client_id: &str) -> Result<OauthClient, EndpointError> {
    let url = format!("{}/token/", mixpanel.base(region, Host::Oauth, &CallerBases::default()));
    let url = TokenUrl::new(url).map_err(|_| EndpointError::weather("the token endpoint is not a URL"))?;
    let client = oauth2::Client::new(ClientId::new(client_id.to_owned()));
    Ok(client.set_token_uri(url).set_auth_type(AuthType::RequestBody))
}
