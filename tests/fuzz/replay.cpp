// Runs a fuzz target without libFuzzer: every file of a corpus, and mutations of each.
//
// usage: fuzz_NAME CORPUS MUTATIONS     run CORPUS/* and that many mutations of each file
//        fuzz_NAME CORPUS show FILE N   print the Nth mutation of CORPUS/FILE, 0 = as it is
//
// A finding ends the process; the last line says which input it was.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "fuzz/mutator.h"
#include "fuzz/target.h"
#include "os/file.h"

namespace {

using namespace lifeboat;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20U;
constexpr rlim_t kMostMemory = rlim_t{1} << 30U;
constexpr unsigned kMostSeconds = 20;  // for one input

/// What the handler of a signal says: written before each input, so that it need not allocate.
std::array<char, 512> running{};

extern "C" void tell_input(int signal) {
  static_cast<void>(
      !::write(STDERR_FILENO, running.data(), std::string_view(running.data()).size()));
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

struct Corpus {
  std::vector<std::string> names;
  std::vector<Bytes> inputs;
};

Corpus read_corpus(const std::filesystem::path& folder) {
  Corpus corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    corpus.names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(corpus.names);
  for (const std::string& name : corpus.names) {
    corpus.inputs.push_back(os::read_file(folder / name, kMostBytes));
  }
  if (corpus.inputs.empty()) throw Error(ErrorKind::usage, "the corpus is empty");
  return corpus;
}

/// Memory that an input must not be able to ask for is a failed allocation, and so a finding. The
/// sanitizers map more than that by themselves.
void limit_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit limit{kMostMemory, kMostMemory};
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
}

/// The seed of a file's mutations does not depend on the other files.
fuzz::Mutator mutator_for(const Corpus& corpus, const std::string& name) {
  std::uint64_t seed = 1;
  for (const char c : name) seed = seed * 31 + static_cast<unsigned char>(c);
  return {corpus.inputs, seed};
}

std::uint64_t run(const Corpus& corpus, int mutations) {
  std::uint64_t runs = 0;
  for (std::size_t i = 0; i < corpus.inputs.size(); ++i) {
    fuzz::Mutator mutator = mutator_for(corpus, corpus.names[i]);
    for (int n = 0; n <= mutations; ++n) {
      const Bytes input = n == 0 ? corpus.inputs[i] : mutator.mutated(corpus.inputs[i]);
      std::snprintf(running.data(), running.size(), "input: mutation %d of %s\n", n,
                    corpus.names[i].c_str());
      ::alarm(kMostSeconds);
      LLVMFuzzerTestOneInput(input.data(), input.size());
      ++runs;
    }
  }
  ::alarm(0);
  return runs;
}

void show(const Corpus& corpus, const std::string& name, int wanted) {
  const auto at = std::ranges::find(corpus.names, name);
  if (at == corpus.names.end()) throw Error(ErrorKind::usage, "no such file in the corpus");
  const Bytes& original = corpus.inputs[static_cast<std::size_t>(at - corpus.names.begin())];
  fuzz::Mutator mutator = mutator_for(corpus, name);
  Bytes input = original;
  for (int n = 1; n <= wanted; ++n) input = mutator.mutated(original);
  std::fwrite(input.data(), 1, input.size(), stdout);
}

int number(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    throw Error(ErrorKind::usage, "\"" + std::string(text) + "\" is no number");
  }
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 4 && words[1] == "show") {
      show(read_corpus(words[0]), words[2], number(words[3]));
      return 0;
    }
    if (words.size() != 2) throw Error(ErrorKind::usage, "CORPUS MUTATIONS | CORPUS show FILE N");
    const Corpus corpus = read_corpus(words[0]);
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM}) {
      ::signal(signal, tell_input);
    }
    LLVMFuzzerInitialize(&argc, &argv);
    limit_memory();
    const std::uint64_t runs = run(corpus, number(words[1]));
    std::printf("[  corpus  ] %zu files, %llu inputs, no finding\n", corpus.inputs.size(),
                static_cast<unsigned long long>(runs));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n%s", argv[0], error.what(), running.data());
    return 1;
  }
}
