// synthetic_vault_run snapshot|attest|sweep VAULT KEYFILE [NUMBER ROWS]: one real process that
// changes a vault, for tests that kill it or start many.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "crash/synthetic.h"
#include "os/file.h"
#include "store/directory_store.h"

namespace {

using namespace lifeboat;

vault::Capability read_capability(const std::string& path) {
  const Bytes line = os::read_file(path, 4096);
  std::string text(line.begin(), line.end());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return vault::Capability::from_text(text);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool snapshot = words.size() == 5 && words[0] == "snapshot";
  const bool known = !words.empty() && (words[0] == "attest" || words[0] == "sweep");
  if (!snapshot && (words.size() != 3 || !known)) {
    std::fputs("usage: synthetic_vault_run snapshot|attest|sweep VAULT KEYFILE [NUMBER ROWS]\n",
               stderr);
    return 2;
  }
  try {
    seal::initialize();
    store::DirectoryStore store(words[1]);
    const vault::Vault vault(store, read_capability(words[2]));
    if (snapshot) {
      crash::take_synthetic(vault, static_cast<unsigned>(std::stoul(words[3])),
                            std::stoul(words[4]));
    } else if (words[0] == "sweep") {
      static_cast<void>(crash::sweep_synthetic(vault));
    } else {
      crash::attest_newest(vault);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "synthetic_vault_run: %s\n", error.what());
    return 1;
  }
}
