#ifndef LIFEBOAT_TESTS_TAMPER_REWRITING_H_
#define LIFEBOAT_TESTS_TAMPER_REWRITING_H_

#include <functional>
#include <vector>

#include "tamper/judge.h"
#include "vault/capability.h"
#include "vault/types.h"

/// Structures changed and then signed, sealed and named anew with the right keys, so that nothing
/// else is wrong with them: what a thief of a credential, or a later version, could write.
/// Written from docs/format/vault.md, not with the library's encoders.
namespace lifeboat::tamper {

struct RawField {
  std::uint16_t tag = 0;
  Bytes value;
  [[nodiscard]] std::uint16_t number() const { return tag & 0x7FFFU; }
};
using Fields = std::vector<RawField>;

[[nodiscard]] Fields split(ByteView bytes);
[[nodiscard]] Bytes join(const Fields& fields);
/// The first field of that number; throws if there is none.
[[nodiscard]] RawField& at(Fields& fields, std::uint16_t number);

using EditFields = std::function<void(Fields&)>;
using EditBytes = std::function<void(Bytes&)>;

/// Changes the fields inside the first field of that number.
[[nodiscard]] EditFields inside(std::uint16_t number, EditFields edit);

/// What to change; nothing where a function is empty.
struct Edit {
  EditBytes header = {};   ///< the 16 bytes in front
  EditFields fields = {};  ///< the public or only fields
  EditFields sealed = {};  ///< of records
  EditBytes tables = {};   ///< of index segments: the plaintext
};

/// One record with its signature, by this author.
[[nodiscard]] Bytes record_again(vault::ObjectType type, ByteView stored,
                                 const vault::Capability& author, const Edit& edit);
/// The same of what `writer` wrote, sealed and signed by another author.
[[nodiscard]] Bytes record_of_another(vault::ObjectType type, ByteView stored,
                                      const vault::Capability& writer,
                                      const vault::Capability& author, const Edit& edit);
/// The newest of shop, edited; it becomes the victim.
[[nodiscard]] Attempt snapshot_again(const std::string& name, const Edit& edit);
/// The same with another session header, that its record names.
[[nodiscard]] Attempt session_again(const std::string& name, const Edit& edit);
/// The same with another index segment, that its record names.
[[nodiscard]] Attempt segment_again(const std::string& name, const Edit& edit);
/// The identity's newest attestation, edited.
[[nodiscard]] Attempt attestation_again(const std::string& name, const Edit& edit);
/// A record of the pruner's chain, edited, and what follows it signed anew behind it.
[[nodiscard]] Attempt pruner_again(const std::string& name, std::uint64_t seq, const Edit& edit);
/// The pin, edited. It is no longer the one that the pruner has seen.
[[nodiscard]] Attempt pin_again(const std::string& name, const Edit& edit);
/// The mark that is not carried out yet, edited.
[[nodiscard]] Attempt mark_again(const std::string& name, const Edit& edit);
/// Trust record 4: as number 3, edited, signed by the root key.
[[nodiscard]] Attempt trust_again(const std::string& name, const Edit& edit);
/// A new vault's `format`, edited, with trust that names it. Opens it as its identity.
[[nodiscard]] Outcome open_with_format(const Edit& edit, std::string& said);

/// Changes how the newest of shop is signed: a step that more edits build on.
void sign_newest_again(Attempt& attempt, const Edit& edit);

}  // namespace lifeboat::tamper

#endif  // LIFEBOAT_TESTS_TAMPER_REWRITING_H_
