// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/server_impl.h"

#include "core/base/json.h"

#include <QJsonDocument>

#include <charconv>

namespace pilothouse::serving {

namespace {

void noHook(HttpReply &reply) {
    writeError(reply, 404, "not_found", "This server has no retrain policy.", "Serve a model of a workspace whose file gives it `retrain: {when: […]}`.");
}

} // namespace

void InferenceServer::Impl::retrainStatus(const HttpRequest &, const std::string &, HttpReply &reply) {
    if (!o.retrain.status)
        return noHook(reply);
    const auto status = o.retrain.status();
    if (status)
        writeJson(reply, *status);
    else
        writeError(reply, status.error());
}

void InferenceServer::Impl::retrainAnswer(const std::function<Result<RetrainHooks::Answer>(const QJsonObject &)> &hook, const HttpRequest &request, HttpReply &reply) {
    if (!hook)
        return noHook(reply);
    QJsonObject body;
    if (request.body.find_first_not_of(" \t\r\n") != std::string::npos) {
        QJsonParseError wrong;
        const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(request.body), &wrong);
        if (wrong.error != QJsonParseError::NoError)
            return writeError(reply, 400, "invalid", "The body is not JSON: " + utf8(wrong.errorString()) + ".", "Send an object.");
        if (!document.isObject())
            return writeError(reply, 422, "invalid", "The body is not an object.");
        body = document.object();
    }
    const auto answer = hook(body);
    if (!answer)
        return writeError(reply, answer.error());
    writeJson(reply, answer->body, answer->status);
    if (answer->retryAfterSeconds > 0)
        reply.headers += "Retry-After: " + std::to_string(answer->retryAfterSeconds) + "\r\n";
}

void InferenceServer::Impl::retrainTrigger(const HttpRequest &request, const std::string &, HttpReply &reply) { retrainAnswer(o.retrain.trigger, request, reply); }
void InferenceServer::Impl::retrainConfig(const HttpRequest &request, const std::string &, HttpReply &reply) { retrainAnswer(o.retrain.config, request, reply); }

void InferenceServer::Impl::retrainLogs(const HttpRequest &, const std::string &limit, HttpReply &reply) {
    if (!o.retrain.logs)
        return noHook(reply);
    int count = 0;
    const auto read = std::from_chars(limit.data(), limit.data() + limit.size(), count);
    if (read.ec != std::errc() || read.ptr != limit.data() + limit.size() || count < 1 || count > 10000)
        return writeError(reply, 422, "invalid", "The limit must be a whole number from 1 to 10000.", {}, "limit");
    const auto list = o.retrain.logs(count);
    if (list)
        reply.body = QJsonDocument(*list).toJson(QJsonDocument::Compact).toStdString();
    else
        writeError(reply, list.error());
}

} // namespace pilothouse::serving
