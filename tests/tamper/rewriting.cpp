#include "tamper/rewriting.h"

#include <algorithm>
#include <stdexcept>

#include "base/wire.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault/session.h"
#include "vault/signing.h"

namespace lifeboat::tamper {
namespace {

using namespace vault;

constexpr std::size_t kHeader = 16;
constexpr std::size_t kNonce = 24;
constexpr std::size_t kSignature = 64;
constexpr std::size_t kMac = 32;

/// The scene, opened as its identity: for keys only.
const Vault& keys() {
  static FakeClock clock(*parse_instant("2026-12-24T03:12:00Z"));
  static store::MemoryStore store(clock);
  static const Vault opened = [] {
    fill(store, scene().objects);
    return Vault(store, scene().as(Role::identity));
  }();
  return opened;
}

template <typename Function, typename... Arguments>
void run(const Function& edit, Arguments&... arguments) {
  if (edit) edit(arguments...);
}

Bytes copy(ByteView view) { return {view.begin(), view.end()}; }

/// header ‖ public length ‖ public fields ‖ sealed length ‖ nonce ‖ ciphertext, taken apart.
struct Frame {
  Bytes header;
  Fields fields;
  ByteView sealed;

  explicit Frame(ByteView stored) {
    WireReader reader(stored, "a frame");
    header = copy(reader.get_bytes(kHeader));
    const auto size = reader.get<std::uint32_t>();
    fields = split(reader.get_bytes(size));
    const auto sealed_size = reader.get<std::uint32_t>();
    sealed = reader.get_bytes(sealed_size);
  }
};

const char* label_of(ObjectType type) {
  if (type == ObjectType::mark) return "lifeboat/v1/mark";
  return type == ObjectType::snapshot ? "lifeboat/v1/snapshot" : "lifeboat/v1/record";
}

Generation generation_of(ByteView header) {
  return WireReader(header.subspan(12), "a header").get<Generation>();
}

Bytes additional_data(ObjectType type, Generation generation, const KeyId& author,
                      ByteView public_fields) {
  return WireWriter()
      .put(std::uint8_t{1})
      .put_bytes(keys().id().view())
      .put(generation)
      .put(static_cast<std::uint8_t>(type))
      .put_bytes(author.view())
      .put_bytes(seal::sha256(public_fields))
      .take();
}

Bytes opened(const seal::SecretKey& key, ByteView sealed, ByteView additional) {
  seal::Nonce nonce;
  std::ranges::copy(sealed.first(kNonce), nonce.begin());
  return seal::aead_open(key, nonce, additional, sealed.subspan(kNonce)).value();
}

Bytes framed(const Frame& frame, const seal::SecretKey& key, ByteView additional,
             ByteView plaintext) {
  const Bytes fields = join(frame.fields);
  const auto nonce = seal::random_array<kNonce>();
  WireWriter writer;
  writer.put_bytes(frame.header).put(static_cast<std::uint32_t>(fields.size())).put_bytes(fields);
  writer.put(static_cast<std::uint32_t>(kNonce + plaintext.size() + seal::kTagBytes));
  writer.put_bytes(nonce);
  Bytes content = writer.take();
  seal::aead_seal(key, nonce, additional, plaintext, content);
  return content;
}

/// body = header ‖ length ‖ fields, without what stands behind it.
Bytes body_again(ByteView stored, const Edit& edit) {
  WireReader reader(stored, "a body");
  Bytes header = copy(reader.get_bytes(kHeader));
  const auto size = reader.get<std::uint32_t>();
  Fields fields = split(reader.get_bytes(size));
  run(edit.header, header);
  run(edit.fields, fields);
  const Bytes body = join(fields);
  return WireWriter()
      .put_bytes(header)
      .put(static_cast<std::uint32_t>(body.size()))
      .put_bytes(body)
      .take();
}

}  // namespace

Fields split(ByteView bytes) {
  Fields fields;
  WireReader reader(bytes, "fields");
  while (!reader.at_end()) {
    RawField field;
    field.tag = reader.get<std::uint16_t>();
    const auto size = reader.get<std::uint32_t>();
    field.value = copy(reader.get_bytes(size));
    fields.push_back(std::move(field));
  }
  return fields;
}

Bytes join(const Fields& fields) {
  WireWriter writer;
  for (const RawField& field : fields) {
    writer.put(field.tag).put(static_cast<std::uint32_t>(field.value.size()));
    writer.put_bytes(field.value);
  }
  return writer.take();
}

RawField& at(Fields& fields, std::uint16_t number) {
  const auto found = std::ranges::find(fields, number, &RawField::number);
  if (found == fields.end()) throw std::logic_error("no field " + std::to_string(number));
  return *found;
}

EditFields inside(std::uint16_t number, EditFields edit) {
  return [number, edit = std::move(edit)](Fields& fields) {
    RawField& outer = at(fields, number);
    Fields inner = split(outer.value);
    edit(inner);
    outer.value = join(inner);
  };
}

Bytes record_again(ObjectType type, ByteView stored, const Capability& author, const Edit& edit) {
  return record_of_another(type, stored, author, author, edit);
}

Bytes record_of_another(ObjectType type, ByteView stored, const Capability& writer,
                        const Capability& author, const Edit& edit) {
  Frame frame(stored);
  const KeyId id = author.key_id();
  const Generation generation = generation_of(frame.header);
  const auto key = keys().keyring().record_key(generation, writer.key_id());
  const Bytes before = join(frame.fields);
  Fields sealed = split(opened(key.value(), frame.sealed,
                               additional_data(type, generation, writer.key_id(), before)));
  run(edit.header, frame.header);
  run(edit.fields, frame.fields);
  run(edit.sealed, sealed);
  const auto own_key = keys().keyring().record_key(generation, id);
  Bytes content = framed(frame, own_key.value(),
                         additional_data(type, generation_of(frame.header), id, join(frame.fields)),
                         join(sealed));
  return signed_object(author.signing_key(), label_of(type), keys().id(), std::move(content));
}

void sign_newest_again(Attempt& attempt, const Edit& edit) {
  Bytes& stored = attempt.objects.at(scene().snapshot_name(scene().newest()));
  stored = record_again(ObjectType::snapshot, stored, scene().as(Role::writer), edit);
  attempt.victim = {seal::sha256(stored)};
}

Attempt snapshot_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  sign_newest_again(result, edit);
  return result;
}

Attempt session_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  Bytes& stored = result.objects.at(scene().session_name(scene().newest()));
  const SessionKeys session = open_session(stored, scene().as(Role::identity));
  Bytes header = body_again(ByteView(stored).first(stored.size() - kMac), edit);
  append(header, seal::keyed_hash(session.header_mac, {header}));
  stored = std::move(header);
  const auto hash = seal::sha256(stored);
  sign_newest_again(result, {.fields = inside(6, [&](Fields& fields) {
                               at(fields, 3).value.assign(hash.begin(), hash.end());
                             })});
  return result;
}

Attempt segment_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  const std::string old_name = scene().segment_name(scene().newest());
  const Capability& writer = scene().as(Role::writer);
  Frame frame(result.objects.at(old_name));
  const Generation generation = generation_of(frame.header);
  const auto index_keys = keys().keyring().index_keys(generation, writer.key_id());
  const auto bound = [&](Generation of) {
    return additional_data(ObjectType::index_segment, of, writer.key_id(), join(frame.fields));
  };
  Bytes tables = opened(index_keys.value().aead, frame.sealed, bound(generation));
  run(edit.header, frame.header);
  run(edit.fields, frame.fields);
  run(edit.tables, tables);
  const Bytes stored =
      signed_object(writer.signing_key(), "lifeboat/v1/index", keys().id(),
                    framed(frame, index_keys->aead, bound(generation_of(frame.header)), tables));
  const ObjectHash hash{seal::sha256(stored)};
  result.objects.erase(old_name);
  result.objects[names::index_segment(generation, hash).name()] = stored;
  sign_newest_again(result, {.fields = [&](Fields& fields) {
                      const SegmentRef old = scene().own_segment(scene().newest());
                      for (RawField& field : fields) {
                        if (field.number() != 7) continue;
                        if (!std::ranges::equal(ByteView(field.value).first(32), old.hash.view()))
                          continue;
                        field.value = WireWriter()
                                          .put_bytes(hash.view())
                                          .put(generation)
                                          .put(static_cast<std::uint32_t>(stored.size()))
                                          .take();
                      }
                    }});
  return result;
}

Attempt attestation_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  Bytes& stored = result.objects.at(scene().attestation_name(2));
  stored = record_again(ObjectType::record, stored, scene().as(Role::identity), edit);
  return result;
}

Attempt pruner_again(const std::string& name, std::uint64_t seq, const Edit& edit) {
  Attempt result = attempt(name);
  const Capability& pruner = scene().as(Role::pruner);
  Edit next = edit;
  for (;; ++seq) {
    const auto at = result.objects.find(scene().record_name(Role::pruner, seq));
    if (at == result.objects.end()) return result;
    at->second = record_again(ObjectType::record, at->second, pruner, next);
    const auto id = seal::sha256(at->second);
    next = {.fields = [id](Fields& fields) {
      lifeboat::tamper::at(fields, 4).value.assign(id.begin(), id.end());
    }};
  }
}

Attempt pin_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  Bytes& stored = result.objects.at(scene().record_name(Role::operator_, 1));
  stored = record_again(ObjectType::record, stored, scene().as(Role::operator_), edit);
  return result;
}

Attempt mark_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  Bytes& stored = result.objects.at(scene().mark_name(2));
  stored = record_again(ObjectType::mark, stored, scene().as(Role::pruner), edit);
  return result;
}

Attempt trust_again(const std::string& name, const Edit& edit) {
  Attempt result = attempt(name);
  const Bytes& third = result.objects.at(scene().trust_name(3));
  const auto third_hash = seal::sha256(third);
  const Edit next = {.header = edit.header, .fields = [&](Fields& fields) {
                       at(fields, 1).value = WireWriter().put(std::uint32_t{4}).take();
                       at(fields, 2).value.assign(third_hash.begin(), third_hash.end());
                       run(edit.fields, fields);
                     }};
  result.objects[scene().trust_name(4)] =
      signed_object(scene().as(Role::admin).signing_key(), "lifeboat/v1/trust", keys().id(),
                    body_again(ByteView(third).first(third.size() - kSignature), next));
  return result;
}

Outcome open_with_format(const Edit& edit, std::string& said) {
  FakeClock clock(*parse_instant("2026-11-23T03:12:00Z"));
  NewVault fresh = plan_vault({}, clock.now());
  Bytes header(fresh.format_object.begin(), fresh.format_object.begin() + kHeader);
  Fields fields = split(ByteView(fresh.format_object).subspan(kHeader));
  run(edit.header, header);
  run(edit.fields, fields);
  Bytes format = header;
  append(format, join(fields));
  fresh.state.trust.format_hash.bytes = seal::sha256(format);
  const Bytes trust =
      fresh.state.trust.encode(fresh.state.format.vault, fresh.capabilities[0].signing_key());
  store::MemoryStore store(clock);
  fill(store, {{"format", format}, {scene().trust_name(1), trust}});
  Capability identity = fresh.capabilities[1];
  identity.trust_hash = fresh.state.trust.hash;
  count_case();
  return outcome_of([&] { const Vault vault(store, identity); }, &said);
}

}  // namespace lifeboat::tamper
