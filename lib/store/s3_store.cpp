#include "store/s3_store.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/units.h"
#include "store/s3_placement.h"
#include "store/s3_xml.h"

namespace lifeboat::store {
namespace {

// What an answer may hold besides an object: an error, a page of a list.
constexpr std::uint64_t kMostErrorBytes = 64 * kKiB;
constexpr std::uint64_t kMostListBytes = 8 * kMiB;
const char* const kProbe = "probe/protection";

bool is_success(const S3Answer& answer) {
  return answer.response.status >= 200 && answer.response.status < 300;
}

[[noreturn]] void refuse(const S3Answer& answer) {
  throw Error(ErrorKind::internal,
              "the store answers " + std::to_string(answer.response.status) + " to this");
}

std::uint64_t with_room_for_an_error(std::uint64_t limit_bytes) {
  return std::max(limit_bytes, kMostErrorBytes);
}

/// The object's bytes from `offset` as they stand in the answer. A store that passed over the
/// range sends the whole object.
Bytes part_of(http::Response response, std::uint64_t offset, std::uint64_t count) {
  Bytes& body = response.body;
  if (response.status == 206) {
    const std::string wanted = "bytes " + std::to_string(offset) + "-";
    const auto told = response.header("Content-Range");
    if (!told || !told->starts_with(wanted) || body.size() > count) {
      throw Error(ErrorKind::corrupt, "the store sends another part than was asked for");
    }
    return std::move(body);
  }
  if (offset >= body.size()) return {};
  const auto begin = body.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto length = std::min<std::uint64_t>(count, body.size() - offset);
  return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

ObjectInfo info_of(const ObjectKey& key, const http::Response& response) {
  const std::string length = response.header("Content-Length").value_or("");
  const auto modified = http::parse_http_date(response.header("Last-Modified").value_or(""));
  std::uint64_t size = 0;
  const char* end = length.data() + length.size();
  const auto [at, failed] = std::from_chars(length.data(), end, size);
  if (failed != std::errc() || at != end || !modified) {
    throw Error(ErrorKind::corrupt, "the store tells neither size nor time of an object");
  }
  return {key, size, *modified};
}

/// The object of an entry, or nothing if what lies there is none of ours.
std::optional<ObjectKey> key_of(const std::string& name) {
  try {
    return ObjectKey(name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

S3Store::S3Store(S3Settings settings, const Clock& clock, std::stop_token stop)
    : client_(std::move(settings), clock, std::move(stop)) {}

std::string S3Store::describe() const { return client_.settings().location.describe(); }

S3Answer S3Store::send_put(const ObjectKey& key, ByteView bytes, bool conditional) {
  S3Call call;
  call.method = http::Method::put;
  call.object = key.name();
  call.headers = placement_headers(client_.settings().location, key, bytes, client_.now());
  if (conditional) call.headers.push_back({"If-None-Match", "*"});
  call.body = bytes;
  return client_.send(call);
}

PutResult S3Store::put(const ObjectKey& key, ByteView bytes) {
  return with_context(key.name(), [&] {
    if (looks_first_ && find(key)) return PutResult::exists;
    const bool conditional = knows_conditions_;
    S3Answer answer = send_put(key, bytes, conditional);
    if (answer.response.status == 501 && looks_first_ && conditional) {
      knows_conditions_ = false;
      answer = send_put(key, bytes, false);
    }
    if (is_success(answer)) return PutResult::created;
    if (answer.response.status == 501) {
      throw Error(ErrorKind::refused, "this store cannot create an object only if its name is free",
                  "two writers could overwrite each other there: use a store that knows "
                  "If-None-Match");
    }
    if (answer.response.status != 412) refuse(answer);
    if (!answer.repeated) return PutResult::exists;
    const auto found = find(key);
    const bool may_be_ours = found && found->size_bytes == bytes.size();
    const auto stored = may_be_ours ? get(key, bytes.size()) : std::nullopt;
    const bool ours = stored && std::equal(stored->begin(), stored->end(), bytes.begin());
    return ours ? PutResult::created : PutResult::exists;
  });
}

std::optional<Bytes> S3Store::get(const ObjectKey& key, std::uint64_t limit_bytes) {
  return with_context(key.name(), [&]() -> std::optional<Bytes> {
    S3Answer answer = client_.send({.object = key.name(),
                                    .query = {},
                                    .headers = {},
                                    .body = {},
                                    .most_body_bytes = with_room_for_an_error(limit_bytes)});
    if (answer.response.status == 404) return std::nullopt;
    if (answer.response.status != 200) refuse(answer);
    if (answer.response.body.size() > limit_bytes) {
      throw Error(ErrorKind::corrupt,
                  "longer than the " + std::to_string(limit_bytes) + " bytes allowed");
    }
    return std::move(answer.response.body);
  });
}

std::optional<Bytes> S3Store::get_range(const ObjectKey& key, std::uint64_t offset,
                                        std::uint64_t count) {
  if (count == 0) return find(key) ? std::optional(Bytes()) : std::nullopt;
  return with_context(key.name(), [&]() -> std::optional<Bytes> {
    const std::uint64_t last = count > UINT64_MAX - offset ? UINT64_MAX : offset + (count - 1);
    const std::string range = "bytes=" + std::to_string(offset) + "-" + std::to_string(last);
    S3Answer answer = client_.send({.object = key.name(),
                                    .query = {},
                                    .headers = {{"Range", range}},
                                    .body = {},
                                    .most_body_bytes = with_room_for_an_error(count)});
    if (answer.response.status == 404) return std::nullopt;
    if (answer.response.status == 416) return Bytes();
    if (!is_success(answer)) refuse(answer);
    return part_of(std::move(answer.response), offset, count);
  });
}

std::optional<ObjectInfo> S3Store::find(const ObjectKey& key) {
  return with_context(key.name(), [&]() -> std::optional<ObjectInfo> {
    const S3Answer answer = client_.send({.method = http::Method::head,
                                          .object = key.name(),
                                          .query = {},
                                          .headers = {},
                                          .body = {}});
    if (answer.response.status == 404) return std::nullopt;
    if (!is_success(answer)) refuse(answer);
    return info_of(key, answer.response);
  });
}

void S3Store::list(std::string_view prefix, std::string_view after,
                   const std::function<bool(const ObjectInfo&)>& visit) {
  const std::string& below = client_.settings().location.prefix;
  const std::string start = after.empty() ? "" : below + std::string(after);
  std::string last = start;
  for (std::string next;;) {
    S3Call call;
    call.query = {{"list-type", "2"},
                  {"max-keys", std::to_string(client_.settings().list_page)},
                  {"prefix", below + std::string(prefix)}};
    if (!start.empty()) call.query.emplace_back("start-after", start);
    if (!next.empty()) call.query.emplace_back("continuation-token", next);
    call.most_body_bytes = kMostListBytes;
    const S3Answer answer = with_context("list", [&] { return client_.send(call); });
    if (answer.response.status != 200) refuse(answer);
    const S3ListPage page = parse_s3_list(answer.response.body);
    for (const S3ListEntry& entry : page.entries) {
      // The heads of chains are what comes first: order is what a vault stands on.
      if (entry.name <= last || !entry.name.starts_with(below)) {
        throw Error(ErrorKind::corrupt, "the store lists names out of order",
                    "a vault needs a store that lists names in bytewise order");
      }
      last = entry.name;
      const auto key = key_of(entry.name.substr(below.size()));
      if (key && !visit({*key, entry.size_bytes, entry.modified})) return;
    }
    if (page.next.empty()) return;
    if (page.next == next) throw Error(ErrorKind::corrupt, "the store's list does not go on");
    next = page.next;
  }
}

void S3Store::remove(const ObjectKey& key) {
  with_context(key.name(), [&] {
    const S3Answer answer = client_.send({.method = http::Method::remove,
                                          .object = key.name(),
                                          .query = {},
                                          .headers = {},
                                          .body = {}});
    if (!is_success(answer) && answer.response.status != 404) refuse(answer);
  });
}

ConditionalCreate S3Store::try_conditional_create(const ObjectKey& probe) {
  return with_context(probe.name(), [&] {
    const S3Answer first = send_put(probe, as_bytes("first"), true);
    if (first.response.status == 501) return ConditionalCreate::unknown;
    // Of a name that nobody else has, 412 is the answer to a try whose first answer was lost.
    if (!is_success(first) && first.response.status != 412) refuse(first);
    const S3Answer second = send_put(probe, as_bytes("second"), true);
    try {
      remove(probe);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::denied) throw;
    }
    if (second.response.status == 412) return ConditionalCreate::heeded;
    if (!is_success(second)) refuse(second);
    return ConditionalCreate::ignored;
  });
}

std::optional<bool> S3Store::has_object_lock() {
  S3Call call;
  call.query = {{"object-lock", ""}};
  try {
    const S3Answer answer = client_.send(call);
    if (answer.response.status == 404) return false;
    if (answer.response.status != 200) return std::nullopt;
    return as_text(answer.response.body).find("<ObjectLockEnabled>Enabled<") !=
           std::string_view::npos;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied && error.kind() != ErrorKind::internal) throw;
    return std::nullopt;
  }
}

bool S3Store::refuses_changes() {
  const ObjectKey probe(kProbe);
  static_cast<void>(put(probe, as_bytes("may this be changed?\n")));
  const auto refused = [&](S3Call call) {
    try {
      return !is_success(client_.send(call));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::denied) throw;
      return true;
    }
  };
  S3Call replace;
  replace.method = http::Method::put;
  replace.object = kProbe;
  replace.body = as_bytes("changed\n");
  S3Call removal;
  removal.method = http::Method::remove;
  removal.object = kProbe;
  const bool kept = refused(replace);
  return refused(removal) && kept;
}

}  // namespace lifeboat::store
