// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_rights.h"

#include "core/base/redact.h"
#include "core/base/task.h"

#include <QJsonArray>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using Clock = std::chrono::steady_clock;
constexpr auto keptFor = std::chrono::minutes(5);
constexpr int sideBySide = 8;

QString resource(const KubeRight &right) { return right.subresource.isEmpty() ? right.kind.plural : right.kind.plural + QLatin1Char('/') + right.subresource; }
QString keyOf(const KubeRight &right) { return right.text() + QLatin1Char('|') + right.kind.group + QLatin1Char('|') + right.name; }

Result<KubeVerdict> review(const KubeApi &api, const KubeRight &right) {
    QJsonObject attributes{{Q("verb"), right.verb}, {Q("group"), right.kind.group}, {Q("resource"), right.kind.plural}};
    const auto put = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            attributes.insert(Q(key), value);
    };
    put("subresource", right.subresource);
    put("namespace", right.kind.namespaced ? right.space : QString());
    put("name", right.name);
    PH_ASSIGN(const QJsonObject answer, api.post(QStringLiteral("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
                                                 {{Q("apiVersion"), Q("authorization.k8s.io/v1")}, {Q("kind"), Q("SelfSubjectAccessReview")}, {Q("spec"), QJsonObject{{Q("resourceAttributes"), attributes}}}}));
    const QJsonObject status = answer.value(Q("status")).toObject();
    if (!status.value(Q("allowed")).isBool())
        return invalid(QStringLiteral("The server did not answer the question for a right."), api.access().server);
    return KubeVerdict{right, status.value(Q("allowed")).toBool(), redact(status.value(Q("reason")).toString())};
}

} // namespace

QString KubeRight::text() const {
    const QString object = name.isEmpty() ? resource(*this) : resource(*this) + QLatin1Char(' ') + name;
    return verb + QLatin1Char(' ') + object + (!kind.namespaced ? QString() : space.isEmpty() ? QStringLiteral(" in all namespaces") : QStringLiteral(" in ") + space);
}

QString KubeVerdict::refusal(const QString &who) const {
    if (allowed)
        return {};
    const QString group = right.kind.group.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(right.kind.group);
    return QStringLiteral("%1 may not %2: needs the verb %3 on %4%5.").arg(who.isEmpty() ? QStringLiteral("This user") : who, right.text(), right.verb, resource(right), group);
}

QString KubeIdentity::text() const {
    QStringList said;
    for (const QString &group : groups)
        if (group != Q("system:authenticated") && !group.startsWith(Q("system:serviceaccounts")))
            said << group;
    return said.isEmpty() ? user : QStringLiteral("%1 (%2)").arg(user, said.join(QStringLiteral(", ")));
}

Result<std::vector<KubeVerdict>> KubeRights::ask(const std::vector<KubeRight> &rights, std::stop_token token) {
    std::vector<std::optional<Result<KubeVerdict>>> answers(rights.size());
    std::vector<std::size_t> open;
    const auto now = Clock::now();
    {
        const std::lock_guard lock(m_mutex);
        for (std::size_t i = 0; i < rights.size(); ++i)
            if (const auto found = m_kept.constFind(keyOf(rights[i])); found != m_kept.constEnd() && now - found->when < keptFor)
                answers[i] = found->verdict;
            else
                open.push_back(i);
    }
    parallelFor(open.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            answers[open[i]] = token.stop_requested() ? Result<KubeVerdict>(cancelled()) : review(*m_api, rights[open[i]]);
    }, sideBySide);
    std::vector<KubeVerdict> verdicts;
    const std::lock_guard lock(m_mutex);
    for (const auto &answer : answers) {
        if (!*answer)
            return answer->error();
        m_kept.insert(keyOf((*answer)->right), {**answer, now});
        verdicts.push_back(**answer);
    }
    return verdicts;
}

Result<void> KubeRights::need(const std::vector<KubeRight> &rights, std::stop_token token) {
    PH_ASSIGN(const auto verdicts, ask(rights, token));
    QStringList missing;
    for (const KubeVerdict &verdict : verdicts)
        if (!verdict.allowed)
            missing << verdict.right.text();
    if (missing.isEmpty())
        return {};
    const auto who = whoAmI(token);
    for (const KubeVerdict &verdict : verdicts)
        if (!verdict.allowed)
            return Error{ErrorKind::Denied, verdict.refusal(who ? who->user : QString()), m_api->access().server,
                         missing.size() == 1 ? QStringLiteral("Ask whoever gives rights in this cluster.") : QStringLiteral("Missing in all: %1.").arg(missing.join(QStringLiteral(", "))), verdict.reason};
    return {};
}

Result<KubeIdentity> KubeRights::whoAmI(std::stop_token token) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_identity)
            return *m_identity;
    }
    for (const char *version : {"v1", "v1beta1"}) { // 1.28, 1.27
        if (token.stop_requested())
            return cancelled();
        const QString group = QStringLiteral("authentication.k8s.io/") + Q(version);
        const auto answer = m_api->post(QStringLiteral("/apis/%1/selfsubjectreviews").arg(group), {{Q("apiVersion"), group}, {Q("kind"), Q("SelfSubjectReview")}});
        if (!answer && answer.error().kind == ErrorKind::NotFound)
            continue;
        if (!answer)
            return answer.error();
        const QJsonObject info = answer->value(Q("status")).toObject().value(Q("userInfo")).toObject();
        KubeIdentity identity;
        identity.user = info.value(Q("username")).toString();
        for (const QJsonValue &groupName : info.value(Q("groups")).toArray())
            identity.groups << groupName.toString();
        const std::lock_guard lock(m_mutex);
        m_identity = identity;
        return identity;
    }
    return notFound(QStringLiteral("This server does not say who we are: it is older than Kubernetes 1.27."), m_api->access().server);
}

void KubeRights::forget() {
    const std::lock_guard lock(m_mutex);
    m_kept.clear();
    m_identity.reset();
}

std::vector<KubeRight> rolloutRights(const QString &space) {
    using namespace kinds;
    const auto right = [&](const char *verb, const KubeKind &kind, const char *subresource = "") { return KubeRight{QString::fromLatin1(verb), kind, QString::fromLatin1(subresource), kind.namespaced ? space : QString(), {}}; };
    return {right("list", Deployment),           right("watch", Deployment),        right("patch", Deployment),        right("patch", Deployment, "scale"), right("patch", StatefulSet),
            right("patch", DaemonSet),           right("list", Pod),                right("get", Pod, "log"),          right("create", Pod, "exec"),        right("create", Pod, "portforward"),
            right("create", Pod, "eviction"),    right("list", Event),              right("create", Job),              right("delete", Job),                right("patch", CronJob),
            right("list", Secret),               right("patch", HorizontalPodAutoscaler), right("patch", Rollout),     right("patch", Rollout, "status"),   right("patch", InferenceService),
            right("list", PodMetrics),           right("list", Node)};
}

} // namespace pilothouse::cluster
