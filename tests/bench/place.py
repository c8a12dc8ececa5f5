"""Where a bench works: its folder, its server, lifeboat's executables, a vault with its keys."""
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from server import Server, run

PROMISE_MIB = 160


@dataclass
class Place:
    home: Path
    server: Server
    bin: Path
    jobs: int = 2
    peaks: dict = field(default_factory=dict)  # what was run → greatest peak MiB
    sizes: dict = field(default_factory=dict)  # database → bytes of COPY text
    store: object = None  # an S3Server in which the vaults are, instead of in the folder

    def environment(self, vault, **databases):
        """For lifeboat: SOURCE=shop becomes the URL of that database."""
        keys = self.keys_of(vault)
        return {**self.vault_environment(vault), "LIFEBOAT_STATE": str(self.home / "state"),
                "LIFEBOAT_WRITER_FILE": str(keys / "writer.key"),
                "LIFEBOAT_IDENTITY_FILE": str(keys / "identity.key"),
                **{name: self.server.url(database) for name, database in databases.items()}}

    def vault_environment(self, vault):
        if self.store is None:
            return {"LIFEBOAT_VAULT": str(vault)}
        return {"LIFEBOAT_VAULT": self.store.url(vault.name), **self.store.env()}

    @staticmethod
    def keys_of(vault):
        return vault.with_name(vault.name + ".keys")

    def fresh_vault(self, name):
        vault = self.home / name
        shutil.rmtree(vault, ignore_errors=True)
        shutil.rmtree(self.keys_of(vault), ignore_errors=True)
        environment = self.vault_environment(vault)
        run([self.bin / "lifeboat", "vault", "create", environment["LIFEBOAT_VAULT"], "--keys",
             self.keys_of(vault)], environment)
        return vault

    def lifeboat(self, what, *arguments, vault, **databases):
        environment = self.environment(vault, **databases)
        if arguments[0] == "snapshot":
            del environment["LIFEBOAT_IDENTITY_FILE"]  # a machine that takes backups has none
        done = run([self.bin / "lifeboat", *arguments], environment)
        self.peaks[what] = max(self.peaks.get(what, 0), done.peak_mib)
        return done

    def fresh_folder(self, name):
        folder = self.home / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder
