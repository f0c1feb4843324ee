//! How a body is declared.

/// A struct of the socket API: readable, writable, described.
macro_rules! body {
    ($($(#[$meta:meta])* struct $name:ident { $($fields:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            pub struct $name { $($fields)* }
        )+
    };
}

pub(super) use body;
