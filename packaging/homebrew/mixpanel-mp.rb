# For a tap of our own: brew install OWNER/tap/mixpanel-mp. `packaging/build/recipes` fills in the version and the hashes.
class MixpanelMp < Formula
  desc "@SUMMARY@"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@DOWNLOADS@/v@VERSION@/mixpanel-mp-@VERSION@-aarch64-macos.tar.gz"
      sha256 "@SHA256:aarch64-macos@"
    end
    on_intel do
      url "@DOWNLOADS@/v@VERSION@/mixpanel-mp-@VERSION@-x86_64-macos.tar.gz"
      sha256 "@SHA256:x86_64-macos@"
    end
  end
  on_linux do
    on_arm do
      url "@DOWNLOADS@/v@VERSION@/mixpanel-mp-@VERSION@-aarch64-linux.tar.gz"
      sha256 "@SHA256:aarch64-linux@"
    end
    on_intel do
      url "@DOWNLOADS@/v@VERSION@/mixpanel-mp-@VERSION@-x86_64-linux.tar.gz"
      sha256 "@SHA256:x86_64-linux@"
    end
  end

  def install
    # Not bin: mpd is the name of a music player's formula, and nobody calls ours by name.
    bin.install "bin/mp"
    (libexec/"mixpanel").install Dir["libexec/mixpanel/*"]
    # From bin/mp of the keg, mp looks into ../libexec/mixpanel.
    man1.install Dir["share/man/man1/*.1"]
    bash_completion.install "share/bash-completion/completions/mp"
    zsh_completion.install "share/zsh/site-functions/_mp"
    fish_completion.install "share/fish/vendor_completions.d/mp.fish"
    pkgshare.install Dir["share/mixpanel-mp/*.json"]
  end

  # Not necessary: mp starts the daemon when it needs one. For a machine where it should be there from login on.
  service do
    run [opt_libexec/"mixpanel/mpd", "--started-by", "service"]
    keep_alive successful_exit: false
    log_path "#{Dir.home}/.mp/run/mpd.service.log"
    error_log_path "#{Dir.home}/.mp/run/mpd.service.log"
  end

  test do
    ENV["MP_STORAGE_DIR"] = (testpath/"mp").to_s
    assert_match version.to_s, shell_output("#{bin}/mp --version")
    assert_match "mixpanel-mpd #{version} protocol ", shell_output("#{libexec}/mixpanel/mpd --mixpanel-version")
    assert_match version.to_s, shell_output("#{bin}/mp daemon start && #{bin}/mp daemon status && #{bin}/mp daemon stop")
  end
end
