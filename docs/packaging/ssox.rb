# Template of a Homebrew formula: fill in what stands between @ signs.
class Ssox < Formula
  desc "AWS IAM Identity Center credentials in the shell you are in"
  homepage "@REPOSITORY@"
  url "@REPOSITORY@/archive/refs/tags/v0.1.0.tar.gz"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    system "cargo", "run", "--locked", "--example", "package-files", "--", "package-files"
    man1.install Dir["package-files/man1/*.1"]
    doc.install "package-files/THIRD-PARTY-NOTICES"
    bash_completion.install "completions/ssox.bash" => "ssox"
    zsh_completion.install "completions/_ssox"
    fish_completion.install "completions/ssox.fish"
    (share/"yash/completion").install "completions/ssox.yash" => "ssox"
    (pkgshare/"completions").install %w[ps1 nu elv xsh].map { |ending| "completions/ssox.#{ending}" }
    pkgshare.install "shell"
  end

  def caveats
    <<~EOS
      Add one line to the rc file of your shell, for zsh:
        eval "$(ssox init zsh)"
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/ssox --version")
    (testpath/".aws/config").write "[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    assert_match "dev", shell_output("#{bin}/ssox list")
  end
end
