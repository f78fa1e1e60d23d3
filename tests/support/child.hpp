// A child process of a test: its output can be read line by line, and it ends with the test.
#pragma once

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace wharf::testing_support {

class Child {
public:
    /// argv[0] is looked up in PATH; standard output goes to us, standard error to `error_file` or stays.
    explicit Child(std::vector<std::string> arguments, std::string const& error_file = {}) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::runtime_error("no pipe");
        std::vector<char*> argv;
        for (auto& argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(ends[1], STDOUT_FILENO);
            if (!error_file.empty()) {
                int const log = ::open(error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
                ::dup2(log, STDERR_FILENO);
            }
            ::execvp(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ends[0];
        if (pid_ < 0)
            throw std::runtime_error("no process");
    }
    Child(Child const&) = delete;
    Child& operator=(Child const&) = delete;
    ~Child() {
        stop(SIGKILL);
        ::close(output_);
    }

    /// One line without its end; empty when the child closed its output or said nothing for `milliseconds`.
    std::string read_line(int milliseconds = 10'000) {
        for (;;) {
            if (auto const end = text_.find('\n'); end != std::string::npos) {
                auto line = text_.substr(0, end);
                text_.erase(0, end + 1);
                return line;
            }
            pollfd waiting{output_, POLLIN, 0};
            char part[4096];
            ssize_t got = 0;
            if (::poll(&waiting, 1, milliseconds) <= 0 || (got = ::read(output_, part, sizeof part)) <= 0)
                return {};
            text_.append(part, static_cast<std::size_t>(got));
        }
    }
    void signal(int number) const {
        if (pid_ > 0)
            ::kill(pid_, number);
    }
    /// Ends and collects it. The wait status, or -1 when it was collected before.
    int stop(int number = SIGTERM) {
        if (pid_ <= 0)
            return -1;
        ::kill(pid_, number);
        return wait();
    }
    int wait() {
        int status = -1;
        while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return status;
    }
    [[nodiscard]] bool running() {
        if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_)
            pid_ = -1;
        return pid_ > 0;
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    int output_ = -1;
    std::string text_;
};

/// Runs a command to its end; the exit code, or -1.
inline int run(std::vector<std::string> arguments, std::string const& error_file = "/dev/null") {
    Child child(std::move(arguments), error_file);
    while (!child.read_line().empty()) {
    }
    auto const status = child.wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace wharf::testing_support
