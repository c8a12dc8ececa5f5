#include "vault/object_names.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::vault::names {
namespace {

std::string ten_digits(std::uint32_t number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%010u", number);
  return text.data();
}

std::string inverse(std::uint64_t seq) {
  const std::uint64_t value = std::numeric_limits<std::uint64_t>::max() - seq;
  return to_hex(WireWriter().put(__builtin_bswap64(value)).bytes());
}

std::string generation_prefix(Generation generation) { return "g" + std::to_string(generation); }

std::vector<std::string> split(const std::string& name) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', from)) {
    parts.push_back(name.substr(from, slash - from));
    from = slash + 1;
  }
  parts.push_back(name.substr(from));
  return parts;
}

template <typename Number>
std::optional<Number> parse_number(const std::string& text, int base) {
  Number value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stopped != end || text.empty()) return std::nullopt;
  return value;
}

template <typename IdType>
bool parse_id(const std::string& text, IdType& id) {
  if (text.size() != IdType::kSize * 2) return false;
  if (text.find_first_not_of("0123456789abcdef") != std::string::npos) return false;
  const Bytes bytes = from_hex(text);
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return true;
}

std::optional<Parsed> parse_in_generation(const std::vector<std::string>& parts) {
  Parsed parsed;
  const auto generation = parse_number<Generation>(parts[0].substr(1), 10);
  if (!generation) return std::nullopt;
  parsed.generation = *generation;
  const std::string& folder = parts[1];
  if (folder == "session" && parts.size() == 3) {
    parsed.type = ObjectType::session;
    const std::size_t dot = parts[2].find('.');
    if (dot != std::string::npos) {
      const std::string digits = parts[2].substr(dot + 1);
      const auto again = parse_number<std::uint64_t>(digits, 10);
      if (!again || digits.front() == '0' || *again > kMaxSealedAgain) return std::nullopt;
      parsed.number = *again;
    }
    if (parse_id(parts[2].substr(0, dot), parsed.session)) return parsed;
  } else if ((folder == "pack" || folder == "meta") && parts.size() == 4) {
    parsed.type = folder == "pack" ? ObjectType::data_pack : ObjectType::meta_pack;
    if (parse_id(parts[3], parsed.hash) && parts[3].substr(0, 2) == parts[2]) return parsed;
  } else if (folder == "index" && parts.size() == 3) {
    parsed.type = ObjectType::index_segment;
    if (parse_id(parts[2], parsed.hash)) return parsed;
  }
  return std::nullopt;
}

std::optional<Parsed> parse_link(const std::vector<std::string>& parts) {
  Parsed parsed;
  parsed.type = parts[0] == "snapshot" ? ObjectType::snapshot : ObjectType::record;
  if (!parse_id(parts[1], parsed.author) || parts[2].size() != 16) return std::nullopt;
  const auto inverted = parse_number<std::uint64_t>(parts[2], 16);
  if (!inverted) return std::nullopt;
  parsed.number = std::numeric_limits<std::uint64_t>::max() - *inverted;
  if (link(parsed.type, parsed.author, parsed.number).name() !=
      parts[0] + "/" + parts[1] + "/" + parts[2]) {
    return std::nullopt;
  }
  return parsed;
}

std::optional<Parsed> parse_roll(const std::vector<std::string>& parts) {
  Parsed parsed;
  parsed.type = ObjectType::roll;
  parsed.chain = parts[0] == "snapshot" ? ObjectType::snapshot : ObjectType::record;
  if (!parse_id(parts[1], parsed.author) || parts[3].size() != 10) return std::nullopt;
  const auto number = parse_number<std::uint32_t>(parts[3], 10);
  if (!number || *number == 0) return std::nullopt;
  parsed.number = *number;
  return parsed;
}

/// The last segment: the due time, behind a dot an attempt from 2 on, or "end".
std::optional<Parsed> parse_claim(const std::vector<std::string>& parts) {
  constexpr const char* kForm = "00000000t0000z";
  Parsed parsed;
  parsed.type = ObjectType::claim;
  parsed.claim_kind = parts[1];
  parsed.claim_name = parts[2];
  const std::size_t dot = parts[3].find('.');
  parsed.claim_due = parts[3].substr(0, dot);
  std::string form = parsed.claim_due;
  for (char& c : form) c = c >= '0' && c <= '9' ? '0' : c;
  const bool plain_name =
      !parts[2].empty() && parts[2] != "." && parts[2] != ".." &&
      parts[2].find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string::npos;
  if (form != kForm || !plain_name ||
      (parts[1] != "snapshot" && parts[1] != "drill" && parts[1] != "hand"))
    return std::nullopt;
  parsed.number = 1;
  if (dot == std::string::npos) return parsed;
  const std::string behind = parts[3].substr(dot + 1);
  if (behind == "end") {
    parsed.number = 0;
    return parsed;
  }
  const auto attempt = parse_number<std::uint64_t>(behind, 10);
  if (!attempt || behind.front() == '0' || *attempt < 2 || *attempt > kMostAttempts) {
    return std::nullopt;
  }
  parsed.number = *attempt;
  return parsed;
}

}  // namespace

ObjectKey claim(const std::string& kind, const std::string& name, const std::string& due,
                std::uint64_t attempt) {
  const std::string base = kClaimPrefix + kind + "/" + name + "/" + due;
  if (attempt == 0) return ObjectKey(base + ".end");
  return ObjectKey(attempt == 1 ? base : base + "." + std::to_string(attempt));
}

ObjectKey format() { return ObjectKey("format"); }

ObjectKey trust(std::uint32_t number) { return ObjectKey(kTrustPrefix + ten_digits(number)); }

std::string session_prefix(Generation generation) {
  return generation_prefix(generation) + "/session/";
}

ObjectKey session(Generation generation, const SessionId& id, std::uint64_t again) {
  return ObjectKey(session_prefix(generation) + id.hex() +
                   (again == 0 ? "" : "." + std::to_string(again)));
}

ObjectKey pack(ObjectType type, Generation generation, const ObjectHash& hash) {
  const std::string hex = hash.hex();
  const char* folder = type == ObjectType::data_pack ? "/pack/" : "/meta/";
  return ObjectKey(generation_prefix(generation) + folder + hex.substr(0, 2) + "/" + hex);
}

ObjectKey index_segment(Generation generation, const ObjectHash& hash) {
  return ObjectKey(generation_prefix(generation) + "/index/" + hash.hex());
}

std::string chain_prefix(ObjectType type, const KeyId& author) {
  return (type == ObjectType::snapshot ? kSnapshotPrefix : kRecordPrefix) + author.hex() + "/";
}

ObjectKey link(ObjectType type, const KeyId& author, std::uint64_t seq) {
  return ObjectKey(chain_prefix(type, author) + inverse(seq));
}

ObjectKey roll(ObjectType chain, const KeyId& author, std::uint32_t number) {
  return ObjectKey(chain_prefix(chain, author) + "roll/" + ten_digits(number));
}

std::optional<Parsed> parse(const std::string& name) {
  if (name == "format") return Parsed{};
  const std::vector<std::string> parts = split(name);
  if (parts.size() == 2 && parts[0] == "trust" && parts[1].size() == 10) {
    Parsed parsed;
    parsed.type = ObjectType::trust;
    const auto number = parse_number<std::uint32_t>(parts[1], 10);
    if (!number) return std::nullopt;
    parsed.number = *number;
    return parsed;
  }
  if (parts.size() >= 3 && parts[0].size() > 1 && parts[0][0] == 'g') {
    return parse_in_generation(parts);
  }
  if (parts.size() == 3 && (parts[0] == "snapshot" || parts[0] == "record")) {
    return parse_link(parts);
  }
  if (parts.size() == 4 && (parts[0] == "snapshot" || parts[0] == "record") && parts[2] == "roll") {
    return parse_roll(parts);
  }
  if (parts.size() == 4 && parts[0] == "claim") return parse_claim(parts);
  return std::nullopt;
}

}  // namespace lifeboat::vault::names
