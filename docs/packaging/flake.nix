# Template of a Nix flake. It builds the repository that it is in: `nix build ./docs/packaging`.
{
  description = "AWS IAM Identity Center credentials in the shell you are in";

  # A release with rustc 1.94.1 or later.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      package = pkgs: pkgs.rustPlatform.buildRustPackage {
        pname = "ssox";
        version = (pkgs.lib.importTOML ../../Cargo.toml).package.version;
        src = ../..;
        cargoLock.lockFile = ../../Cargo.lock;
        cargoBuildFlags = [ "--bin" "ssox" ];
        # The end-to-end tests drive shells and a browser of the system, and need more than the sandbox has.
        cargoTestFlags = [ "--lib" ];
        nativeBuildInputs = [ pkgs.installShellFiles ];
        postInstall = ''
          cargo run --frozen --example package-files -- package-files
          installManPage package-files/man1/*.1
          installShellCompletion --cmd ssox --bash completions/ssox.bash --zsh completions/_ssox --fish completions/ssox.fish
          install -Dm644 -t $out/share/ssox/shell shell/ssox.*
          install -Dm644 -t $out/share/ssox/shell/conf.d shell/conf.d/ssox.fish
          install -Dm644 completions/ssox.yash $out/share/yash/completion/ssox
          install -Dm644 -t $out/share/ssox/completions completions/ssox.{ps1,nu,elv,xsh}
          install -Dm644 -t $out/share/doc/ssox LICENSE-* README.md CHANGELOG.md package-files/THIRD-PARTY-NOTICES
        '';
        meta = {
          description = "AWS IAM Identity Center credentials in the shell you are in";
          license = [ pkgs.lib.licenses.mit pkgs.lib.licenses.asl20 ];
          mainProgram = "ssox";
        };
      };
    in {
      packages = nixpkgs.lib.genAttrs systems (system: { default = package nixpkgs.legacyPackages.${system}; });
    };
}
