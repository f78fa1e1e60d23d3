#include "gateway/submission.hpp"

#include "base/id.hpp"
#include "diagnostic/alike.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "document/merge.hpp"
#include "document/schema.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/evaluation.hpp"
#include "gateway/life_cycle.hpp"
#include "gateway/outgoing.hpp"
#include "gateway/preparation.hpp"
#include "syntax/json/value.hpp"
#include "translator/file_translator.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <expected>

namespace wharf::gateway {

namespace {

constexpr std::size_t most_documents = 1000; // in one group

std::unexpected<Diagnostics> refuse(std::string_view code, std::string message, std::string help) {
    return std::unexpected(Diagnostics{make_diagnostic(code, std::move(message), std::move(help))});
}

std::expected<std::vector<json::Value>, Diagnostics> documents_in(std::string_view body) {
    auto parsed = json::parse(body);
    if (!parsed)
        return refuse("GATEWAY-0042", "the body is not JSON: " + parsed.error().message,
                      "send one canonical document as a JSON object, or an array of them");
    std::vector<json::Value> documents;
    if (parsed->is_object())
        documents.push_back(std::move(*parsed));
    else if (parsed->is_array())
        documents = std::move(parsed->items());
    if (documents.empty() || documents.size() > most_documents)
        return refuse("GATEWAY-0042", fmt::format("the body holds {} documents", documents.size()),
                      fmt::format("send one canonical document as a JSON object, or an array of 1 to {}", most_documents));
    Diagnostics findings;
    for (auto const& document : documents) {
        if (!document.is_object())
            return refuse("GATEWAY-0042", "an entry of the array is not a JSON object", "each entry is one canonical document");
        bool const lacks_tree = document::lacks_shipment(document); // it is checked whole when it has one
        bool sound = true;
        for (auto& finding : document::check(document))
            if (!lacks_tree || finding.place.path.starts_with("/shipped_lines")) {
                sound = sound && finding.severity != Severity::error;
                findings.push_back(std::move(finding));
            }
        if (lacks_tree && sound)
            if (auto lost = document::not_in_shipment(document); !lost.empty())
                return refuse("GATEWAY-0042", std::move(lost), "leave it out, or send the notice with its `shipment`");
        auto const is_test = [](json::Value const& one) { return one.find("test") != nullptr && one.find("test")->is_true(); };
        if (is_test(document) != is_test(documents.front()))
            return refuse("GATEWAY-0042", "some of the documents are tests and some are not",
                          "an interchange is for production or for tests: send the others in requests of their own");
        if (document.string("document") != documents.front().string("document"))
            return refuse("GATEWAY-0042", "the documents are of different kinds",
                          "one group holds one kind: send the others in requests of their own");
    }
    if (has_errors(findings))
        return std::unexpected(std::move(findings));
    return documents;
}

/// Who it goes to and how: everything of the draft but its sets.
struct Address {
    Draft draft;
    Knowledge::Reading writing;                              // X12
    std::shared_ptr<translator::FileTranslator const> files; // any other format
    partner::DocumentAgreement const* agreement = nullptr;
};

/// Sender, receiver and map of an interchange.
std::expected<void, Diagnostics> address_interchange(Context const& context, Address& address) {
    auto& draft = address.draft;
    auto const* partner = draft.partner;
    auto const profile = fmt::format("partners/{}/profile.yaml", partner->id);
    auto const* identity = context.configuration.identity(partner->identity);
    auto const* identifier = partner->identifier(draft.test, to_iso8601(context.clock.now()).substr(0, 10));
    if (identity == nullptr || identifier == nullptr)
        return refuse("GATEWAY-0041",
                      fmt::format("{} for {} use", identity == nullptr ? "none of our identities is known to partner " + partner->id
                                                                       : "partner " + partner->id + " has no identifier",
                                  draft.test ? "test" : "production"),
                      fmt::format("see `identity` and `identifiers` in {}", profile));
    draft.sender = {identity->qualifier, identity->id, identity->group()};
    draft.receiver = {identifier->qualifier, identifier->id, identifier->group()};
    draft.release = address.agreement->written_release();
    auto const release = context.knowledge.grammar_release(*address.agreement, draft.release);
    auto writing = context.knowledge.reading(release, address.agreement->set, address.agreement->translator);
    if (!writing)
        return std::unexpected(std::move(writing.error()));
    if (writing->schema == nullptr || writing->translator == nullptr)
        return refuse("GATEWAY-0050", fmt::format("set {} in release {} cannot be written", address.agreement->set, release),
                      fmt::format("see `documents` in {}", profile));
    address.writing = std::move(*writing);
    draft.functional_id = address.writing.schema->set().group;
    return {};
}

std::expected<Address, Diagnostics> address(Context const& context, std::string_view partner_id, json::Value const& document) {
    auto const& configuration = context.configuration;
    Address address;
    auto const* partner = configuration.partner(partner_id);
    if (partner == nullptr)
        return refuse("GATEWAY-0041", partner_id.empty() ? "no partner is named" : fmt::format("there is no partner {}", partner_id),
                      "name the partner's profile id in the header X-Wharf-Partner");
    auto const profile = fmt::format("partners/{}/profile.yaml", partner->id);
    auto const kind = document.string("document");
    auto const* test = document.find("test");
    bool const is_test = test != nullptr && test->is_true();
    address.agreement = partner->outbound(kind, is_test);
    if (address.agreement == nullptr)
        return refuse("GATEWAY-0041", fmt::format("partner {} does not take {} from us", partner->id, kind),
                      fmt::format("add an outbound entry to `documents` in {}", profile));
    if (address.agreement->channel.empty())
        return refuse("GATEWAY-0041", fmt::format("partner {} has no channel to send on", partner->id),
                      fmt::format("name one under `channel` in {}", profile));
    auto& draft = address.draft;
    draft.partner = partner;
    draft.agreement = address.agreement;
    draft.identity = partner->identity;
    draft.test = is_test || (draft.is_x12() && draft.envelope().test);
    draft.usage = draft.test ? 'T' : 'P';
    auto const use = draft.test ? "test" : "production";
    if (!partner->is_active(draft.test))
        return refuse("GATEWAY-0041", fmt::format("nothing is sent to partner {} in {}", partner->id, use),
                      fmt::format("see `status` in {}", profile));
    if (!address.agreement->serves(draft.test))
        return refuse("GATEWAY-0041", fmt::format("partner {} does not take {} from us in {}", partner->id, kind, use),
                      fmt::format("see `usage` of the outbound entry in `documents` of {}", profile));
    if (!draft.is_x12()) {
        // Nothing in the file says that it is a test: only a document of its own, with a channel of its own, can.
        if (draft.test && address.agreement->usage != partner::DocumentUsage::test && partner->status != partner::PartnerStatus::testing)
            return refuse("GATEWAY-0041",
                          fmt::format("a {} file cannot say that it is a test, and {} to partner {} are not sent as tests alone",
                                      to_string(address.agreement->format), kind, partner->id),
                          fmt::format("add an outbound entry with `usage: test` and a test channel to `documents` in {}", profile));
        address.files = context.knowledge.file_translator(*address.agreement);
        return address;
    }
    if (auto addressed = address_interchange(context, address); !addressed)
        return std::unexpected(std::move(addressed.error()));
    return address;
}

/// The partner's order that an acknowledgment, ship notice or invoice of ours answers, as it came in: maps echo from it what
/// the document does not say. Nothing: it answers none that we have.
std::expected<std::optional<json::Value>, Diagnostics> answered_order(Context const& context, json::Value const& document,
                                                                      std::string_view partner, bool test) {
    auto const kind = document.string("document");
    auto const numbers = numbers_of(document);
    if (kind == "purchase_order" || numbers.order_number.empty())
        return std::nullopt;
    return stored_order(context, partner, test, numbers.order_number, document.string("release_number"));
}

std::expected<Draft, Diagnostics> draft_of(Context const& context, Submission const& submission) {
    auto documents = documents_in(submission.body);
    if (!documents)
        return std::unexpected(std::move(documents.error()));
    auto addressed = address(context, submission.partner, documents->front());
    if (!addressed)
        return std::unexpected(std::move(addressed.error()));
    auto merged = document::merge_same_number(std::move(*documents));
    if (!merged)
        return refuse("GATEWAY-0045", merged.error() + ", and cannot be one document",
                      "give them the same value there, or numbers or requests of their own");
    *documents = std::move(*merged);
    auto& draft = addressed->draft;
    auto delimiters = draft.delimiters();
    if (draft.envelope().replacement != '\0') // the writer puts it for these; a component separator in a text is refused all the same
        delimiters = x12::without_data_characters(delimiters);
    auto const now = context.clock.now();
    Diagnostics findings;
    auto values = run_values(*draft.partner, draft.identity, draft.test, now);
    if (draft.is_x12()) {
        values.named["sender.id"] = draft.sender.id;
        values.named["receiver.id"] = draft.receiver.id;
        values.named["envelope.group_sender"] = draft.sender.group_id;
        values.named["envelope.group_receiver"] = draft.receiver.group_id;
        values.named["envelope.release"] = draft.release;
    }
    values.of_profile = context.knowledge.cross_references(*draft.partner);
    values.policy = draft.agreement->texts;
    auto const file = addressed->files ? addressed->files->begin() : nullptr;
    for (auto& document : *documents) {
        auto packages = prepare_document(context, *draft.partner, *draft.agreement, draft.test, document);
        if (!packages)
            return std::unexpected(std::move(packages.error()));
        auto order = answered_order(context, document, draft.partner->id, draft.test);
        if (!order)
            return std::unexpected(std::move(order.error()));
        values.order = *order ? &**order : nullptr;
        auto const id = new_id(now);
        document.set("id", id);
        document.set("test", json::Value(draft.test));
        DraftSet set;
        Diagnostics said;
        if (file) {
            said = file->add(document, values);
        } else {
            auto written = addressed->writing.translator->write(document, delimiters, &values);
            said = std::move(written.diagnostics);
            set.set = addressed->agreement->set;
            set.body = std::move(written.body);
            set.implementation_reference = addressed->agreement->implementation_reference;
        }
        fold_alike(said);
        set.document.diagnostics = render_json(said); // of what is sent: nothing is left out silently
        bool const ok = !has_errors(said);
        std::ranges::move(said, std::back_inserter(findings));
        if (!ok)
            continue;
        auto const numbers = numbers_of(document);
        set.orders = numbers.orders;
        set.packages = std::move(*packages);
        set.document.id = id;
        set.document.kind = addressed->agreement->document;
        set.document.number = numbers.number;
        set.document.order_number = numbers.order_number;
        set.document.json = json::to_text(document);
        draft.sets.push_back(std::move(set));
    }
    if (file && !has_errors(findings))
        draft.file = file->finish(findings);
    if (has_errors(findings))
        return std::unexpected(std::move(findings));
    auto checked = check_draft(draft, context.knowledge, now);
    if (has_errors(checked))
        return std::unexpected(std::move(checked));
    return std::move(draft);
}

std::string answer_of(store::Message const& message, std::vector<store::Document> const& documents, Draft const& draft) {
    json::Value answer{json::Object{}};
    answer.set("id", documents.front().id);
    answer.set("message", message.id);
    answer.set("partner", message.partner);
    answer.set("state", std::string(to_string(message.state)));
    auto const put = [](json::Value& object, char const* name, std::string const& number) {
        if (!number.empty()) // a file without an envelope has none
            object.set(name, number);
    };
    put(answer, "interchange_control_number", message.interchange_control_number);
    put(answer, "group_control_number", message.group_control_number);
    put(answer, "transaction_control_number", documents.front().transaction_control_number);
    if (message.format != "x12")
        answer.set("file_name", message.file_name);
    json::Array list;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        auto const& document = documents[i];
        json::Value entry{json::Object{}};
        entry.set("id", document.id);
        entry.set("number", document.number);
        put(entry, "transaction_control_number", document.transaction_control_number);
        if (auto said = json::parse(document.diagnostics); said && !said->items().empty())
            entry.set("diagnostics", std::move(*said));
        json::Array packages; // the labels are for the one who packs
        for (auto const& package : draft.sets[i].packages) {
            json::Value one{json::Object{}};
            put(one, "name", package.name);
            one.set("sscc", package.sscc);
            packages.push_back(std::move(one));
        }
        if (!packages.empty())
            entry.set("packages", std::move(packages));
        list.push_back(std::move(entry));
    }
    answer.set("documents", std::move(list));
    return json::to_text(answer);
}

} // namespace

SubmissionResult submit(Context const& context, Submission const& submission) {
    SubmissionResult result;
    // Stored beside the answer, so that a key used for another document is noticed: 64 characters, then the answer.
    auto const fingerprint = transport::sha256_hex(submission.partner + '\n' + submission.body);
    auto const& key = submission.idempotency_key;
    auto const known = [&](store::Transaction& transaction) -> Result<bool> {
        if (key.empty())
            return false;
        auto found = transaction.find_answer(key);
        if (!found)
            return unexpected(std::move(found.error()));
        if (!*found)
            return false;
        if (!(*found)->starts_with(fingerprint)) {
            result.fate = SubmissionFate::conflict;
            result.diagnostics.push_back(make_diagnostic(
                "GATEWAY-0042", "this Idempotency-Key was used for another document",
                "a key belongs to one request: repeat the very same request with it, or take a new key"));
        } else {
            result.fate = SubmissionFate::repeated;
            result.answer = (*found)->substr(fingerprint.size());
        }
        return true;
    };
    auto const failed = [&](Error error) {
        result.fate = SubmissionFate::failed;
        result.error = std::move(error);
        return result;
    };

    // Asked before the work for the usual repetition, and again inside the commit for two at once.
    bool answered = false;
    if (!key.empty()) {
        auto asked = context.store.read([&](store::Transaction& transaction) -> Result<void> {
            auto found = known(transaction);
            if (!found)
                return unexpected(std::move(found.error()));
            answered = *found;
            return {};
        });
        if (!asked)
            return failed(asked.error());
        if (answered)
            return result;
    }
    auto draft = draft_of(context, submission);
    if (!draft) {
        result.fate = SubmissionFate::refused;
        result.diagnostics = std::move(draft.error());
        return result;
    }
    auto stored = transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto found = known(transaction);
        if (!found)
            return unexpected(std::move(found.error()));
        answered = *found;
        if (answered)
            return {};
        auto message = commit_draft(context, transaction, record, *draft);
        if (!message)
            return unexpected(std::move(message.error()));
        auto documents = transaction.documents_of(message->id);
        if (!documents)
            return unexpected(std::move(documents.error()));
        result.answer = answer_of(*message, *documents, *draft);
        if (!key.empty())
            WHARF_TRY(transaction.remember_answer(key, fingerprint + result.answer));
        crash_point("before-submit");
        return {};
    });
    if (!stored)
        return failed(stored.error());
    if (answered)
        return result;
    crash_point("after-submit");
    result.fate = SubmissionFate::accepted;
    return result;
}

} // namespace wharf::gateway
