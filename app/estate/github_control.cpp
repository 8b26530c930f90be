// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }
QJsonObject failed(const QString &why) { return {{Q("error"), why}}; }

QStringList texts(const QJsonValue &list)
{
    QStringList made;
    for (const QJsonValue &value : list.toArray())
        made << value.toString();
    return made;
}

} // namespace

QJsonObject GithubStandIn::pushed(const QJsonObject &details)
{
    GithubRepository *r = named(details[Q("repository")].toString());
    if (!r)
        return failed(Q("no such repository"));
    const QString branch = details[Q("branch")].toString(r->main);
    const auto token = m_tokens.find(details[Q("token")].toString(Q("ghp_owner")));
    if (token == m_tokens.end())
        return failed(Q("no such token"));
    GithubCommit commit;
    commit.author = details[Q("by")].toString(token->second.user);
    commit.message = details[Q("message")].toString(Q("Change"));
    const QDateTime made = QDateTime::fromString(details[Q("date")].toString(), Qt::ISODate); // a committer's clock is not GitHub's
    commit.date = made.isValid() ? made.toUTC() : now();
    commit.parent = r->branches.count(branch) ? r->branches[branch] : r->branches[r->main];
    if (!r->contents.count(branch))
        r->contents[branch] = r->contents[r->main];
    // files: a list of names, or an object of name to text
    const QJsonObject texts = details[Q("files")].toObject();
    QStringList names = estate::texts(details[Q("files")]);
    names += texts.keys();
    for (const QString &file : names) {
        const bool is = r->contents[branch].count(file) > 0;
        r->contents[branch][file] = texts.contains(file) ? texts[file].toString().toUtf8() : QByteArray("changed ") + QByteArray::number(m_nextId);
        commit.files.append(QJsonObject{{Q("filename"), file}, {Q("status"), is ? Q("modified") : Q("added")}, {Q("additions"), 1}, {Q("deletions"), is ? 1 : 0}, {Q("changes"), is ? 2 : 1}});
    }
    const QString wanted = details[Q("commit")].toString(); // the name that a real repository gave it
    commit.sha = wanted.isEmpty() ? hexName(commit.message + QString::number(m_nextId++), 40) : wanted;
    const std::size_t before = r->runs.size();
    push(*r, commit, branch, token->second.kind == Q("app"));
    QJsonArray runs;
    for (std::size_t i = before; i < r->runs.size(); ++i)
        runs.append(r->runs[i].id);
    return {{Q("sha"), commit.sha}, {Q("runs"), runs}};
}

QJsonObject GithubStandIn::control(const QString &verb, const QJsonObject &details)
{
    const auto text = [&](const char *key) { return details[Q(key)].toString(); };
    if (verb == Q("push"))
        return pushed(details);
    if (verb == Q("settings")) {
        for (auto it = details.begin(); it != details.end(); ++it)
            m_settings[it.key()] = it.value();
        return m_settings;
    }
    if (verb == Q("counts")) {
        int counted = 0;
        for (const auto &[user, used] : m_used)
            counted += used;
        return {{Q("asked"), m_asked}, {Q("counted"), counted}, {Q("free"), m_free}};
    }
    if (verb == Q("token")) {
        GithubToken made;
        made.user = text("user");
        made.kind = details[Q("kind")].toString(Q("classic"));
        made.scopes = texts(details[Q("scopes")]);
        made.permissions = details[Q("permissions")].toObject();
        made.repositories = texts(details[Q("repositories")]);
        m_tokens[text("token")] = made;
        return {{Q("token"), text("token")}};
    }
    GithubRepository *r = named(text("repository"));
    if (!r)
        return verb == Q("fail") || verb == Q("hold") || verb == Q("go") || verb == Q("protect") || verb == Q("fire_schedule") || verb == Q("add_runs") || verb == Q("log") || verb == Q("copy") ? failed(Q("no such repository")) : StandIn::control(verb, details);
    if (verb == Q("copy")) {
        if (named(r->owner + QLatin1Char('/') + text("as")))
            return failed(Q("there is one of that name"));
        GithubRepository made = *r;
        made.name = text("as");
        made.id = m_nextId++;
        m_repositories.push_back(std::move(made));
        return {{Q("repository"), m_repositories.back().fullName()}};
    }
    const auto workflow = std::find_if(r->workflows.begin(), r->workflows.end(), [&](const GithubWorkflow &w) { return w.file() == text("workflow") || w.name == text("workflow"); });
    if (verb == Q("hold") || verb == Q("go")) {
        for (GithubRun &run : r->runs)
            if (run.id == details[Q("run")].toInteger()) {
                run.held = verb == Q("hold");
                return {{Q("run"), run.id}, {Q("held"), run.held}};
            }
        return failed(Q("no such run"));
    }
    if (verb == Q("log")) {
        for (GithubRun &run : r->runs)
            for (auto &attempt : run.attempts)
                for (GithubJob &job : attempt)
                    if (job.id == details[Q("job")].toInteger()) {
                        job.log = text("text").toUtf8();
                        return {{Q("job"), job.id}, {Q("bytes"), job.log.size()}};
                    }
        return failed(Q("no such job"));
    }
    if (verb == Q("protect")) {
        for (GithubEnvironment &e : r->environments)
            if (e.name == text("environment")) {
                e.reviewers = texts(details[Q("reviewers")]);
                e.preventSelfReview = details[Q("prevent_self_review")].toBool();
                e.waitTimer = details[Q("wait_timer")].toInt();
                return {{Q("environment"), e.name}};
            }
        return failed(Q("no such environment"));
    }
    if (verb != Q("fail") && verb != Q("fire_schedule") && verb != Q("add_runs"))
        return StandIn::control(verb, details);
    if (workflow == r->workflows.end())
        return failed(Q("no such workflow"));
    if (verb == Q("fail")) {
        r->failing[workflow->file() + QLatin1Char('/') + text("job")] = {text("step"), details[Q("times")].toInt(1)};
        return {{Q("fails"), text("job")}};
    }
    if (verb == Q("fire_schedule"))
        return {{Q("run"), start(*r, GithubWorkflow(*workflow), Q("schedule"), r->main, r->owner, {}).id}};
    for (int i = 0; i < details[Q("count")].toInt(); ++i) { // a long history
        GithubRun &run = start(*r, GithubWorkflow(*workflow), Q("push"), r->main, Q("olga"), {});
        run.created = now().addSecs(-60 * (details[Q("count")].toInt() - i));
        for (GithubJob &job : run.jobs())
            job.approved = true;
        run.attemptStarted = run.created;
        moveRun(*r, run, m_nextId, run.created.addSecs(3600));
    }
    return {{Q("runs"), static_cast<qint64>(r->runs.size())}};
}

} // namespace pilothouse::estate
