# The package, for a flake and for `callPackage`.
{ lib, rustPlatform, installShellFiles }:

let
  root = ../..;
  manifest = lib.importTOML (root + "/Cargo.toml");
in
rustPlatform.buildRustPackage {
  pname = "mixpanel-mp";
  inherit (manifest.workspace.package) version;
  # What is built and installed; a change of a test or of a document builds nothing anew.
  src = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions [
      (root + "/Cargo.toml")
      (root + "/Cargo.lock")
      (root + "/LICENSE")
      (root + "/README.md")
      (root + "/proto")
      (root + "/daemon")
      (root + "/client")
      (root + "/tests")
      (root + "/packaging")
    ];
  };
  cargoLock.lockFile = root + "/Cargo.lock";
  buildType = "dist";
  # Its tests start programs, servers and terminals, for a quarter of an hour: they are CI's.
  doCheck = false;
  # A static glibc is not at hand, and Nix's own linker wrapper adds what a static link refuses.
  env.MP_LINK_DYNAMIC = "1";
  nativeBuildInputs = [ installShellFiles ];

  postInstall = ''
    # Where mp finds them, and nobody else: mpd is the name of a music player.
    mkdir -p $out/libexec/mixpanel
    mv $out/bin/mpd $out/bin/mp-lsp $out/libexec/mixpanel/
    installManPage packaging/generated/man/*.1
    installShellCompletion --cmd mp --bash packaging/completions/mp.bash --zsh packaging/completions/_mp --fish packaging/completions/mp.fish
    for unit in service socket; do
      install -Dm644 packaging/systemd/mixpanel-mpd.$unit -t $out/lib/systemd/user
    done
    substituteInPlace $out/lib/systemd/user/mixpanel-mpd.service --replace-fail %h/.cargo/bin/mpd $out/libexec/mixpanel/mpd
  '';

  meta = {
    inherit (manifest.package) description;
    inherit (manifest.workspace.package) homepage;
    license = lib.licenses.mit;
    mainProgram = "mp";
    platforms = lib.platforms.linux ++ lib.platforms.darwin;
  };
}
