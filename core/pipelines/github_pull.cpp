// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_pull.h"

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString pathOf(const GitHubRepository &repository, int number = 0) { return QStringLiteral("/repos/%1/pulls").arg(repository.full()) + (number > 0 ? QStringLiteral("/%1").arg(number) : QString()); }

QString waitOf(const QString &word) {
    static const QMap<QString, QString> words{{QStringLiteral("blocked"), QStringLiteral("The branch is protected: a review or a check is missing.")}, {QStringLiteral("dirty"), QStringLiteral("It conflicts with the branch that it goes into: bring that into this one.")},
                                              {QStringLiteral("behind"), QStringLiteral("The branch must be brought up to date first.")}, {QStringLiteral("draft"), QStringLiteral("It is a draft.")}, {QStringLiteral("unstable"), QStringLiteral("A check failed or is not done.")}};
    return words.value(word);
}

PullRequest pullOf(const QJsonObject &o) {
    PullRequest pull;
    pull.number = o.value(Q("number")).toInt();
    pull.title = o.value(Q("title")).toString();
    pull.state = !o.value(Q("merged_at")).toString().isEmpty() ? QStringLiteral("merged") : o.value(Q("state")).toString();
    pull.head = o.value(Q("head")).toObject().value(Q("ref")).toString();
    pull.base = o.value(Q("base")).toObject().value(Q("ref")).toString();
    pull.commit = o.value(Q("head")).toObject().value(Q("sha")).toString();
    pull.link = o.value(Q("html_url")).toString();
    if (o.value(Q("mergeable")).isBool())
        pull.mergeable = o.value(Q("mergeable")).toBool();
    if (pull.state == Q("open"))
        pull.waitsFor = waitOf(o.value(Q("mergeable_state")).toString());
    return pull;
}

QJsonObject seenOf(const PullRequest &pull) {
    QJsonObject seen{{Q("number"), pull.number}, {Q("state"), pull.state}, {Q("pullRequest"), pull.link}};
    if (!pull.waitsFor.isEmpty())
        seen.insert(Q("waits_for"), pull.waitsFor);
    return seen;
}

} // namespace

Result<std::optional<PullRequest>> openPullOf(GitHubApi &api, const PullWish &wish) {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("state"), QStringLiteral("open"));
    query.addQueryItem(QStringLiteral("head"), wish.repository.owner + QLatin1Char(':') + wish.head);
    PH_ASSIGN(const QJsonArray listed, api.list(pathOf(wish.repository), {}, query, 100));
    for (const QJsonValue &value : listed)
        if (const PullRequest pull = pullOf(value.toObject()); pull.head == wish.head && (wish.base.isEmpty() || pull.base == wish.base))
            return std::optional(pull);
    return std::optional<PullRequest>();
}

Result<PullRequest> readPull(GitHubApi &api, const GitHubRepository &repository, int number) {
    PH_ASSIGN(const GitHubReplyPointer reply, api.get(pathOf(repository, number)));
    return pullOf(reply->json.object());
}

Result<PullRequest> createPull(GitHubApi &api, const PullWish &wish) {
    QString base = wish.base;
    if (base.isEmpty()) {
        PH_ASSIGN(const GitHubReplyPointer about, api.get(QStringLiteral("/repos/") + wish.repository.full()));
        base = about->json.object().value(Q("default_branch")).toString();
    }
    const auto reply = api.write("POST", pathOf(wish.repository), {{Q("title"), wish.title}, {Q("body"), wish.body}, {Q("head"), wish.head}, {Q("base"), base}});
    if (reply)
        return pullOf(QJsonDocument::fromJson(reply->body).object());
    if (githubReplyLost(reply.error()))
        if (const auto found = openPullOf(api, wish); found && *found)
            return **found;
    return reply.error();
}

Result<void> closePull(GitHubApi &api, const GitHubRepository &repository, int number) {
    const auto reply = api.write("PATCH", pathOf(repository, number), {{Q("state"), Q("closed")}});
    if (reply)
        return {};
    if (githubReplyLost(reply.error()))
        if (const auto now = readPull(api, repository, number); now && now->state == Q("closed"))
            return {};
    return reply.error();
}

operations::Operation pullRequestOperation(std::shared_ptr<GitHubApi> api, const PullWish &wish, std::shared_ptr<PullRequest> made) {
    if (!made)
        made = std::make_shared<PullRequest>();
    operations::Operation operation;
    operation.kind = QStringLiteral("pull-request");
    operation.object = QStringLiteral("pull request of %1 in %2").arg(wish.head, wish.repository.full());
    operation.summary = QStringLiteral("Open a pull request of %1 into %2 in %3").arg(wish.head, wish.base.isEmpty() ? QStringLiteral("the usual branch") : wish.base, wish.repository.full());
    operation.connection = api->connection().connection.name;
    operation.details = {{Q("title"), wish.title}};
    operation.undoRecord = {{Q("kind"), Q("pull-request")}, {Q("connection"), operation.connection}, {Q("repository"), wish.repository.full()}, {Q("head"), wish.head}, {Q("base"), wish.base}};
    operations::Step step;
    step.call = {QStringLiteral("POST"), operation.object, wish.title, QStringLiteral("it is closed"), QStringLiteral("gh pr create --repo %1 --head %2 --base %3 --title '%4'").arg(wish.repository.full(), wish.head, wish.base, QString(wish.title).replace(QLatin1Char('\''), Q("'\\''")))};
    step.guard = [api, wish]() -> Result<void> {
        PH_ASSIGN(const auto there, openPullOf(*api, wish));
        if (!there)
            return {};
        return Error{ErrorKind::Conflict, QStringLiteral("The branch %1 has a pull request already: #%2.").arg(wish.head).arg(there->number), there->link, QStringLiteral("A further commit to the branch joins it."), {}};
    };
    step.execute = [api, wish, made]() -> Result<void> {
        PH_ASSIGN(*made, createPull(*api, wish));
        return {};
    };
    step.readBack = [api, wish, made]() -> Result<QJsonObject> {
        PH_ASSIGN(*made, readPull(*api, wish.repository, made->number));
        return seenOf(*made);
    };
    step.undo = [api, wish, made] { return closePull(*api, wish.repository, made->number); };
    operation.steps.push_back(std::move(step));
    return operation;
}

Result<operations::Operation> closePullOperation(std::shared_ptr<GitHubApi> api, const operations::RecordedOperation &recorded) {
    int number = 0;
    for (const QJsonValue &seen : recorded.after)
        number = seen.toObject().value(Q("number")).toInt(number);
    const QString full = recorded.undoRecord.value(Q("repository")).toString();
    const GitHubRepository repository{full.section(QLatin1Char('/'), 0, 0), full.section(QLatin1Char('/'), 1)};
    if (number <= 0 || recorded.undoRecord.value(Q("close")).toBool())
        return refused(QStringLiteral("The journal does not say which pull request %1 opened.").arg(recorded.id), {}, QStringLiteral("Close it on its page."));
    PH_ASSIGN(const PullRequest now, readPull(*api, repository, number));
    if (now.state != Q("open"))
        return refused(QStringLiteral("The pull request #%1 is %2.").arg(number).arg(now.state), now.link, now.state == Q("merged") ? QStringLiteral("Revert what was merged by a commit.") : QString());
    operations::Operation operation;
    operation.kind = QStringLiteral("pull-request");
    operation.object = recorded.object;
    operation.summary = QStringLiteral("Close the pull request #%1 of %2").arg(number).arg(full);
    operation.connection = api->connection().connection.name;
    operation.details = {{Q("undoes"), recorded.id}};
    operation.undoRecord = {{Q("kind"), Q("pull-request")}, {Q("close"), true}};
    operations::Step step;
    step.call = {QStringLiteral("PATCH"), QStringLiteral("pull request #%1 of %2").arg(number).arg(full), QStringLiteral("open → closed"), {}, QStringLiteral("gh pr close %1 --repo %2").arg(number).arg(full)};
    step.execute = [api, repository, number] { return closePull(*api, repository, number); };
    step.readBack = [api, repository, number]() -> Result<QJsonObject> {
        PH_ASSIGN(const PullRequest seen, readPull(*api, repository, number));
        return seenOf(seen);
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines
