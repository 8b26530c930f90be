// SPDX-License-Identifier: GPL-3.0-or-later
// A rollout target whose state is a JSON file, so that it outlives a program that is killed. It serves nothing.
#pragma once

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/cluster/rollout_target.h"

#include <csignal>
#include <unistd.h>

namespace pilothouse::test {

class FileRolloutTarget final : public cluster::RolloutTarget {
public:
    explicit FileRolloutTarget(QString file) : m_file(std::move(file)) {}

    /// What goes wrong in start(): nothing, an error before, an error although it began, a kill before, a kill after.
    enum class Trouble { None, ErrorBefore, ErrorAfter, KillBefore, KillAfter } trouble = Trouble::None;
    bool unreachable = false;
    int starts = 0;

    QString name() const override { return QStringLiteral("serving/t2m"); }
    Result<cluster::RolloutStatus> status() const override {
        if (unreachable)
            return Error{ErrorKind::Unreachable, QStringLiteral("The endpoint does not answer."), name(), {}, {}};
        PH_ASSIGN(const QJsonObject o, read());
        cluster::RolloutStatus s;
        s.target = name();
        s.operation = text(o, "operation");
        const QString phase = text(o, "phase");
        s.phase = phase == QLatin1String("progressing") ? cluster::RolloutPhase::Progressing
                  : phase == QLatin1String("aborted")   ? cluster::RolloutPhase::Aborted
                  : phase == QLatin1String("stable")    ? cluster::RolloutPhase::Stable
                                                        : cluster::RolloutPhase::None;
        s.stable = revision(o, "stable");
        s.canary = revision(o, "canary");
        return s;
    }
    Result<std::vector<cluster::Revision>> history() const override { return std::vector<cluster::Revision>(); }
    Result<void> start(const cluster::Revision &r, const QString &folder, const std::vector<int> &, const QString &operation) override {
        ++starts;
        if (trouble == Trouble::ErrorBefore)
            return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), name(), {}, {}};
        if (trouble == Trouble::KillBefore)
            ::kill(::getpid(), SIGKILL);
        PH_ASSIGN(QJsonObject o, read());
        const int next = o.value(QLatin1String("count")).toInt() + 1;
        const QJsonObject mine{{QStringLiteral("revision"), next}, {QStringLiteral("version"), r.version}, {QStringLiteral("folder"), folder}};
        o.insert(QStringLiteral("count"), next);
        o.insert(QStringLiteral("revision%1").arg(next), mine);
        o.insert(QStringLiteral("operation"), operation);
        const bool first = !o.contains(QLatin1String("stable"));
        o.insert(first ? QStringLiteral("stable") : QStringLiteral("canary"), mine);
        o.insert(QStringLiteral("phase"), first ? QStringLiteral("stable") : QStringLiteral("progressing"));
        PH_TRY(write(o));
        if (trouble == Trouble::KillAfter)
            ::kill(::getpid(), SIGKILL);
        if (trouble == Trouble::ErrorAfter)
            return Error{ErrorKind::TimedOut, QStringLiteral("No answer."), name(), {}, {}};
        return {};
    }
    Result<void> pause() override { return {}; }
    Result<void> resume() override { return {}; }
    Result<void> promote(bool) override {
        PH_ASSIGN(QJsonObject o, read());
        o.insert(QStringLiteral("stable"), o.take(QStringLiteral("canary")));
        o.insert(QStringLiteral("phase"), QStringLiteral("stable"));
        return write(o);
    }
    Result<void> abort(const QString &reason) override {
        if (unreachable)
            return Error{ErrorKind::Unreachable, QStringLiteral("The endpoint does not answer."), name(), {}, {}};
        PH_ASSIGN(QJsonObject o, read());
        o.remove(QStringLiteral("canary"));
        o.insert(QStringLiteral("phase"), QStringLiteral("aborted"));
        o.insert(QStringLiteral("reason"), reason);
        return write(o);
    }
    Result<void> undo(int toRevision) override {
        PH_ASSIGN(QJsonObject o, read());
        o.insert(QStringLiteral("stable"), o.value(QStringLiteral("revision%1").arg(toRevision)));
        o.insert(QStringLiteral("phase"), QStringLiteral("stable"));
        return write(o);
    }
    Result<void> withdraw(const QString &) override {
        PH_ASSIGN(QJsonObject o, read());
        o.remove(QStringLiteral("stable"));
        o.insert(QStringLiteral("phase"), QStringLiteral("none"));
        return write(o);
    }

private:
    static QString text(const QJsonObject &o, const char *key) { return o.value(QLatin1String(key)).toString(); }
    static std::optional<cluster::Revision> revision(const QJsonObject &o, const char *key) {
        const QJsonObject r = o.value(QLatin1String(key)).toObject();
        if (r.isEmpty())
            return {};
        cluster::Revision out;
        out.revision = r.value(QLatin1String("revision")).toInt();
        out.version = r.value(QLatin1String("version")).toInt();
        return out;
    }
    Result<QJsonObject> read() const {
        auto bytes = readFile(m_file);
        if (!bytes)
            return bytes.error().kind == ErrorKind::NotFound ? Result<QJsonObject>(QJsonObject()) : Result<QJsonObject>(bytes.error());
        return parseJsonObject(*bytes, m_file);
    }
    Result<void> write(const QJsonObject &o) const { return writeFileAtomically(m_file, prettyJson(o)); }
    QString m_file;
};

} // namespace pilothouse::test
