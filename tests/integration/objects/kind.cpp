#include "kind.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lifeboat::objects {
namespace {

constexpr std::string_view kMark = "--- ";

template <typename Value>
Value named(const std::string& name, const auto& values, const std::string& where) {
  for (const Value value : values) {
    if (name_of(value) == name) return value;
  }
  throw std::runtime_error(where + ": what is " + name + "?");
}

std::string rest_of(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

bool is_part_of_a_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Not as a part of a longer name.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_part_of_a_name(text[at - 1]);
    if (begins && (end == text.size() || !is_part_of_a_name(text[end]))) return true;
  }
  return false;
}

/// One file, line by line.
class Reader {
 public:
  explicit Reader(std::filesystem::path file) : file_(std::move(file)) {}

  Chapter read() {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      ++line_;
      if (line.starts_with(kMark)) {
        turn(line.substr(kMark.size()));
      } else if (!chapter_.kinds.empty()) {
        Kind& kind = chapter_.kinds.back();
        (checks_ ? kind.check : kind.setup) += line + "\n";
      }
    }
    if (chapter_.kinds.empty()) throw std::runtime_error(file_.string() + " holds no kind");
    return std::move(chapter_);
  }

 private:
  void turn(const std::string& text) {
    std::istringstream words(text);
    std::string verb;
    words >> verb;
    if (verb == "chapter") {
      chapter_.title = rest_of(words);
      return;
    }
    if (verb == "kind") {
      Kind& kind = chapter_.kinds.emplace_back();
      words >> kind.slug;
      kind.title = rest_of(words);
      checks_ = false;
      return;
    }
    Kind& kind = chapter_.kinds.back();
    if (verb == "superuser") {
      kind.setup += "RESET SESSION AUTHORIZATION;\n";
    } else if (verb == "check") {
      checks_ = true;
    } else if (verb == "words") {
      for (std::string word; words >> word;) kind.words.push_back(word);
    } else if (verb == "roaming") {
      kind.rows_roam = true;
    } else if (verb == "expect") {
      expect(kind, words);
    } else {
      throw std::runtime_error(where() + ": what is " + verb + "?");
    }
  }

  void expect(Kind& kind, std::istringstream& words) const {
    std::string name;
    words >> name;
    constexpr std::array kExpectable = {Outcome::carried, Outcome::named, Outcome::platform};
    const Outcome outcome = named<Outcome>(name, kExpectable, where());
    while (words >> name) kind.expected[named<Role>(name, kRoles, where())] = outcome;
  }

  [[nodiscard]] std::string where() const {
    return file_.filename().string() + ":" + std::to_string(line_);
  }

  std::filesystem::path file_;
  Chapter chapter_;
  int line_ = 0;
  bool checks_ = false;
};

std::vector<Chapter> read_chapters() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(LIFEBOAT_TEST_KINDS)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Chapter> all;
  for (const std::filesystem::path& file : files) all.push_back(Reader(file).read());
  return all;
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::superuser:
      return "superuser";
    case Role::owner:
      return "owner";
    case Role::heroku:
      return "heroku";
  }
  return "";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::carried:
      return "carried";
    case Outcome::named:
      return "named";
    case Outcome::platform:
      return "platform";
    case Outcome::lost:
      return "LOST";
  }
  return "";
}

Outcome Kind::expected_for(Role role) const {
  const auto found = expected.find(role);
  return found == expected.end() ? Outcome::carried : found->second;
}

bool Kind::is_named_in(std::string_view text) const {
  return has_word(text, slug) ||
         std::ranges::any_of(words, [&](const std::string& word) { return has_word(text, word); });
}

const std::vector<Chapter>& chapters() {
  static const std::vector<Chapter> all = read_chapters();
  return all;
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const Chapter& chapter : chapters()) {
    all.insert(all.end(), chapter.kinds.begin(), chapter.kinds.end());
  }
  return all;
}

}  // namespace lifeboat::objects
