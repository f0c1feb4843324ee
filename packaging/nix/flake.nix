# nix run 'git+https://mp.example/mp.git?dir=packaging/nix' -- session
{
  description = "One Mixpanel login for every tool on a machine";

  # Rust 1.95 or newer.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: rec {
        mixpanel-mp = pkgs.callPackage ./package.nix { };
        default = mixpanel-mp;
      });

      devShells = each (pkgs: {
        default = pkgs.mkShell { packages = [ pkgs.cargo pkgs.rustc pkgs.clippy pkgs.rustfmt ]; };
      });

      # services.mixpanel-mpd.enable = true: the socket of every user's daemon, from login on. Not necessary, for mp starts it.
      nixosModules.default =
        { config, lib, pkgs, ... }:
        let
          package = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
        in
        {
          options.services.mixpanel-mpd.enable = lib.mkEnableOption "the Mixpanel login daemon of each user";
          config = lib.mkIf config.services.mixpanel-mpd.enable {
            environment.systemPackages = [ package ];
            systemd.packages = [ package ];
            systemd.user.sockets.mixpanel-mpd.wantedBy = [ "sockets.target" ];
          };
        };
    };
}
