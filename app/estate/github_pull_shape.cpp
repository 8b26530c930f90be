// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github_shapes.h"
#include "app/estate/wire.h"

namespace pilothouse::estate {

QJsonObject githubPull(const GithubLinks &links, const GithubRepository &r, const GithubPull &p)
{
    const auto Q = [](const char *text) { return QString::fromUtf8(text); };
    const QJsonValue none(QJsonValue::Null);
    const QString api = links.api + Q("/repos/") + r.fullName(), number = QString::number(p.number), url = api + Q("/pulls/") + number, issue = api + Q("/issues/") + number;
    const QString page = links.html + QLatin1Char('/') + r.fullName() + Q("/pull/") + number;
    const auto end = [&](const QString &branch) {
        const auto found = r.branches.find(branch);
        return QJsonObject{{Q("label"), r.owner + QLatin1Char(':') + branch}, {Q("ref"), branch}, {Q("sha"), found == r.branches.end() ? QString() : found->second}, {Q("user"), githubUser(links, r.owner)}, {Q("repo"), githubWholeRepository(links, r)}};
    };
    const auto head = end(p.head), base = end(p.base);
    const QString statuses = api + Q("/statuses/") + head[Q("sha")].toString();
    QJsonObject made{{Q("url"), url}, {Q("id"), r.id * 1000 + p.number}, {Q("node_id"), Q("PR_") + number}, {Q("html_url"), page}, {Q("diff_url"), page + Q(".diff")}, {Q("patch_url"), page + Q(".patch")}, {Q("issue_url"), issue}, {Q("commits_url"), url + Q("/commits")},
                     {Q("review_comments_url"), url + Q("/comments")}, {Q("review_comment_url"), api + Q("/pulls/comments{/number}")}, {Q("comments_url"), issue + Q("/comments")}, {Q("statuses_url"), statuses}, {Q("number"), p.number}, {Q("state"), p.state},
                     {Q("locked"), false}, {Q("title"), p.title}, {Q("user"), githubUser(links, p.user)}, {Q("body"), p.body.isEmpty() ? none : QJsonValue(p.body)}, {Q("labels"), QJsonArray()}, {Q("milestone"), none}, {Q("created_at"), instant(p.created)},
                     {Q("updated_at"), instant(p.closed.isValid() ? p.closed : p.created)}, {Q("closed_at"), instant(p.closed)}, {Q("merged_at"), none}, {Q("merge_commit_sha"), none}, {Q("assignee"), none}, {Q("head"), head}, {Q("base"), base}, {Q("author_association"), Q("MEMBER")},
                     {Q("auto_merge"), none}, {Q("draft"), false}};
    QJsonObject around;
    for (const auto &[key, value] : {std::pair("self", url), {"html", page}, {"issue", issue}, {"comments", issue + Q("/comments")}, {"review_comments", url + Q("/comments")}, {"review_comment", api + Q("/pulls/comments{/number}")}, {"commits", url + Q("/commits")}, {"statuses", statuses}})
        around[Q(key)] = QJsonObject{{Q("href"), value}};
    made[Q("_links")] = around;
    // what a single pull request says beside what the list says
    made[Q("merged")] = false;
    made[Q("mergeable")] = true;
    made[Q("mergeable_state")] = Q("clean");
    made[Q("merged_by")] = none;
    made[Q("maintainer_can_modify")] = false;
    for (const char *count : {"comments", "review_comments", "additions", "deletions"})
        made[Q(count)] = 0;
    made[Q("commits")] = made[Q("changed_files")] = 1;
    return made;
}

} // namespace pilothouse::estate
