// SPDX-License-Identifier: GPL-3.0-or-later
// /admin/*: what changes traffic. Only core/operations may lead a person here; the token file is readable by its owner only.
#include "core/serving/server_impl.h"

#include "core/base/json.h"

#include <QJsonArray>

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {

Result<QJsonObject> bodyOf(const HttpRequest &request) {
    if (request.body.empty())
        return QJsonObject();
    return parseJsonObject(QByteArray::fromStdString(request.body), QStringLiteral("body"));
}

void answer(HttpReply &reply, const Result<void> &done, const QJsonObject &state) {
    if (done)
        writeJson(reply, state);
    else
        writeError(reply, done.error());
}

} // namespace

void InferenceServer::Impl::adminRollout(const HttpRequest &, const std::string &, HttpReply &reply) {
    QJsonObject status = control->status();
    status.insert(Q("url"), QStringLiteral("http://%1:%2").arg(o.address).arg(http->port()));
    writeJson(reply, status);
}

void InferenceServer::Impl::adminHistory(const HttpRequest &, const std::string &, HttpReply &reply) {
    const auto history = control->history();
    if (history)
        writeJson(reply, {{Q("revisions"), *history}});
    else
        writeError(reply, history.error());
}

void InferenceServer::Impl::adminRolloutAct(const HttpRequest &request, const std::string &verb, HttpReply &reply) {
    const auto act = [&]() -> Result<void> {
        PH_ASSIGN(const QJsonObject body, bodyOf(request));
        JsonReader reader(body, QStringLiteral("body"));
        if (verb == "start") {
            PH_ASSIGN(const Revision revision, Revision::fromJson(body, QStringLiteral("body")));
            std::vector<int> steps;
            for (const QJsonValue &v : reader.array("steps"))
                steps.push_back(v.toInt());
            PH_TRY(reader.check());
            return control->start(revision, steps);
        }
        if (verb == "pause")
            return control->pause();
        if (verb == "resume")
            return control->resume();
        if (verb == "promote") {
            const bool full = reader.boolean("full", false);
            PH_TRY(reader.check());
            return control->promote(full);
        }
        if (verb == "abort") {
            const QString reason = reader.text("reason", QString());
            PH_TRY(reader.check());
            return control->abort(reason);
        }
        if (verb == "undo") {
            const int revision = int(reader.integer("revision", 0));
            PH_TRY(reader.check());
            return control->undo(revision);
        }
        if (verb == "withdraw") {
            const QString reason = reader.text("reason", QString());
            PH_TRY(reader.check());
            return control->withdraw(reason);
        }
        return notFound(QStringLiteral("A rollout knows no “%1”.").arg(fromUtf8(verb)), {}, QStringLiteral("start, pause, resume, promote, abort, undo or withdraw."));
    };
    const Result<void> done = act();
    saveStatus();
    answer(reply, done, control->status());
}

void InferenceServer::Impl::adminShadow(const HttpRequest &request, const std::string &, HttpReply &reply) {
    const auto act = [&]() -> Result<void> {
        PH_ASSIGN(const QJsonObject body, bodyOf(request));
        if (body.value(Q("off")).toBool())
            return control->clearShadow();
        PH_ASSIGN(const Revision revision, Revision::fromJson(body, QStringLiteral("body")));
        return control->setShadow(revision);
    };
    answer(reply, act(), {{Q("shadow"), control->split()->shadow ? QJsonValue(control->split()->shadow->revision.toJson()) : QJsonValue(QJsonValue::Null)}});
}

void InferenceServer::Impl::adminShadowTable(const HttpRequest &, const std::string &, HttpReply &reply) {
    shadow->flush();
    const auto table = shadow->table();
    if (table)
        writeJson(reply, {{Q("agreement"), *table}});
    else
        writeError(reply, table.error());
}

void InferenceServer::Impl::adminAb(const HttpRequest &request, const std::string &, HttpReply &reply) {
    const auto act = [&]() -> Result<void> {
        PH_ASSIGN(const QJsonObject body, bodyOf(request));
        if (body.value(Q("stop")).toBool())
            return control->stopAb();
        JsonReader reader(body, QStringLiteral("body"));
        const double share = reader.number("share", 0.5);
        const int seconds = int(reader.integer("seconds"));
        PH_TRY(reader.check());
        PH_ASSIGN(const Revision revision, Revision::fromJson(body, QStringLiteral("body")));
        return control->startAb(revision, share, seconds);
    };
    const Result<void> done = act();
    answer(reply, done, control->abStatus());
}

void InferenceServer::Impl::adminAbStatus(const HttpRequest &, const std::string &, HttpReply &reply) { writeJson(reply, control->abStatus()); }

void InferenceServer::Impl::adminStop(const HttpRequest &, const std::string &, HttpReply &reply) {
    if (!o.onStopWanted)
        return writeError(reply, 409, "refused", "This server cannot be stopped from here.");
    reply.body = "{\"stopping\":true}";
    o.onStopWanted();
}

} // namespace pilothouse::serving
