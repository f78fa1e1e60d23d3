// What wharf-gateway does, one function per command. Each returns the exit code: 0 no trouble, 1 something needs a person,
// 2 could not run.
#pragma once

#include "gateway/gateway.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wharf::tools {

struct Common {
    std::filesystem::path configuration = ".";
    std::optional<std::filesystem::path> grammars;
};

struct MessageQuery {
    std::string search, state, direction, partner;
    unsigned limit = 50;
    bool json = false;
};

int serve(Common const& common, unsigned threads);
int poll(Common const& common, gateway::PollChoice const& choice, unsigned threads);
int list_messages(Common const& common, MessageQuery const& query);
int show_message(Common const& common, std::string const& id, bool json);
int raw_message(Common const& common, std::string const& id);
int evidence_of_message(Common const& common, std::string const& id, std::string const& output);
int send_message_now(Common const& common, std::string const& word);
int resend_message(Common const& common, std::string const& id);
int list_dead_letters(Common const& common, bool json);
int retry_dead_letters(Common const& common, std::vector<std::string> const& ids);
int discard_dead_letters(Common const& common, std::vector<std::string> const& ids);

} // namespace wharf::tools
