#include "vault/condemned.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::vault {
namespace {

ObjectType removable_type(std::uint8_t value, std::string_view what) {
  const auto type = static_cast<ObjectType>(value);
  if (type == ObjectType::data_pack || type == ObjectType::meta_pack ||
      type == ObjectType::index_segment) {
    return type;
  }
  throw Error(ErrorKind::corrupt, std::string(what) + " names an object of a type that is kept");
}

}  // namespace

void put_known_marks(FieldsWriter& fields, const KnownMarks& marks, bool critical) {
  for (const auto& [generation, number] : marks) {
    const Bytes value = WireWriter().put(generation).put(number).take();
    if (critical) {
      fields.critical(17, value);
    } else {
      fields.optional(17, value);
    }
  }
}

void take_known_mark(const Field& field, KnownMarks& into) {
  WireReader reader = field.reader();
  const auto generation = reader.get<Generation>();
  const auto number = reader.get<std::uint32_t>();
  reader.expect_end();
  if (number == 0 || !into.emplace(generation, number).second) {
    throw Error(ErrorKind::corrupt,
                std::string(field.what) + " names two marks of one generation, or mark 0");
  }
}

KnownMarks newest_of(KnownMarks a, const KnownMarks& b) {
  for (const auto& [generation, number] : b) {
    std::uint32_t& newest = a[generation];
    newest = std::max(newest, number);
  }
  return a;
}

bool knows(const KnownMarks& known, const KnownMarks& needed) {
  return std::ranges::all_of(needed, [&](const auto& mark) {
    const auto at = known.find(mark.first);
    return at != known.end() && at->second >= mark.second;
  });
}

void CondemnedObjects::put(FieldsWriter& fields) const {
  if (!objects.empty()) {
    WireWriter writer;
    for (const ObjectRef& object : objects) {
      writer.put(object.generation)
          .put(static_cast<std::uint8_t>(object.type))
          .put_bytes(object.hash.view());
    }
    fields.critical(18, writer.bytes());
  }
  if (sessions.empty()) return;
  WireWriter writer;
  for (const SessionName& session : sessions) {
    writer.put(session.generation).put_bytes(session.id.view());
  }
  fields.critical(19, writer.bytes());
}

bool CondemnedObjects::take(const Field& field) {
  WireReader reader = field.reader();
  switch (field.number) {
    case 18:
      while (!reader.at_end()) {
        ObjectRef object;
        object.generation = reader.get<Generation>();
        object.type = removable_type(reader.get<std::uint8_t>(), field.what);
        object.hash.bytes = reader.get_array<32>();
        objects.push_back(object);
      }
      return true;
    case 19:
      while (!reader.at_end()) {
        SessionName session;
        session.generation = reader.get<Generation>();
        session.id.bytes = reader.get_array<16>();
        sessions.push_back(session);
      }
      return true;
    default:
      return false;
  }
}

}  // namespace lifeboat::vault
