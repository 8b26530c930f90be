// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/azureml.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

Answer armError(int status, const char *code, const QString &message)
{
    return Answer::json(QJsonObject{{Q("error"), QJsonObject{{Q("code"), Q(code)}, {Q("message"), message}}}}, status);
}

Answer directoryError(const char *error, int number, const char *text)
{
    return Answer::json(QJsonObject{{Q("error"), Q(error)}, {Q("error_description"), QStringLiteral("AADSTS%1: %2").arg(number).arg(Q(text))}, {Q("error_codes"), QJsonArray{number}}}, number == 7000215 ? 401 : 400);
}

QJsonObject resource(const QString &base, const QString &kind, const QString &name, const QJsonObject &properties)
{
    return {{Q("id"), base + QLatin1Char('/') + kind + QLatin1Char('/') + name}, {Q("name"), name.section(QLatin1Char('/'), -1)}, {Q("type"), Q("Microsoft.MachineLearningServices/workspaces/") + kind.section(QLatin1Char('/'), 0, 0)}, {Q("properties"), properties}};
}

} // namespace

Answer AzureMlStandIn::directory(const Call &call, const QString &what)
{
    const QUrlQuery form = call.form();
    const auto value = [&](const char *key) { return form.queryItemValue(Q(key), QUrl::FullyDecoded); };
    if (what == Q("devicecode")) {
        Device device;
        device.userCode = hexName(QString::number(++m_made) + Q("user"), 9).toUpper();
        device.scope = value("scope");
        device.until = now().addSecs(900);
        const QString code = hexName(QString::number(m_made) + Q("device"), 64);
        m_devices[code] = device;
        const QString page = Q("http://") + call.host() + Q("/devicelogin");
        return Answer::json(QJsonObject{{Q("user_code"), device.userCode}, {Q("device_code"), code}, {Q("verification_uri"), page}, {Q("expires_in"), 900}, {Q("interval"), 5}, {Q("message"), QStringLiteral("To sign in, use a web browser to open the page %1 and enter the code %2 to authenticate.").arg(page, device.userCode)}});
    }
    QString scope = value("scope");
    if (value("grant_type") == Q("urn:ietf:params:oauth:grant-type:device_code")) {
        const auto found = m_devices.find(value("device_code"));
        if (found == m_devices.end())
            return directoryError("invalid_grant", 70000, "The provided value for the input parameter 'device_code' is not valid.");
        Device &device = found->second;
        if (device.until < now())
            return directoryError("expired_token", 70020, "The provided value for the input parameter 'device_code' is not valid. This device code has expired.");
        const bool quick = device.asked.isValid() && device.asked.msecsTo(now()) < 4900;
        device.asked = now();
        if (quick)
            return directoryError("slow_down", 70029, "The client polls too often.");
        if (!device.signedIn)
            return directoryError("authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.");
        scope = device.scope;
        m_devices.erase(found);
    } else if (value("grant_type") == Q("client_credentials")) {
        if (value("client_id") != Q("estate-client"))
            return directoryError("unauthorized_client", 700016, "Application with this identifier was not found in the directory.");
        if (value("client_secret") != Q("estate-secret"))
            return directoryError("invalid_client", 7000215, "Invalid client secret provided.");
    } else if (value("grant_type") == Q("refresh_token")) {
        if (!m_refresh.count(value("refresh_token")))
            return directoryError("invalid_grant", 700082, "The refresh token has expired due to inactivity.");
        scope = scope.isEmpty() ? m_refresh[value("refresh_token")] : scope;
    } else {
        return directoryError("unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
    }
    const QString token = Q("estate-") + hexName(QString::number(++m_made) + scope, 40);
    m_tokens[token] = {scope, now().addSecs(3599)};
    QJsonObject made{{Q("token_type"), Q("Bearer")}, {Q("expires_in"), 3599}, {Q("ext_expires_in"), 3599}, {Q("access_token"), token}};
    if (scope.contains(Q("offline_access")))
        made[Q("refresh_token")] = Q("estate-refresh-") + hexName(token, 40);
    if (made.contains(Q("refresh_token")))
        m_refresh[made[Q("refresh_token")].toString()] = scope;
    return Answer::json(made);
}

std::optional<Answer> AzureMlStandIn::refused(const Call &call, QString *scope)
{
    const QString said = call.login().second;
    const auto token = m_tokens.find(said);
    if (token == m_tokens.end())
        return armError(401, said.isEmpty() ? "AuthenticationFailed" : "InvalidAuthenticationToken", said.isEmpty() ? Q("Authentication failed. The 'Authorization' header is missing.") : Q("The access token is invalid."));
    if (token->second.until < now())
        return armError(401, "ExpiredAuthenticationToken", Q("The access token expiry is in the past."));
    *scope = token->second.scope;
    return std::nullopt;
}

Answer AzureMlStandIn::answer(const Call &call)
{
    for (const char *what : {"token", "devicecode"})
        if (const auto tenant = matched(call.path, (QByteArray("/{}/oauth2/v2.0/") + what).constData()); tenant && call.method == "POST")
            return directory(call, Q(what));
    QString scope;
    if (auto no = refused(call, &scope))
        return *no;
    if (const auto at = matched(call.path, "/mlflow/v1.0/subscriptions/{}/resourceGroups/{}/providers/Microsoft.MachineLearningServices/workspaces/{}/{*}"))
        return mlflow(call, at->last().section(Q("mlflow/"), -1), scope.contains(Q("management")) || scope.contains(Q("ml.azure.com")) || scope.contains(Q("azureml.ms")));
    if (call.path.startsWith(Q("/history/v1.0/")) || call.path.startsWith(Q("/artifact/v2.0/")))
        return history(call);
    const QString marker = Q("/providers/Microsoft.MachineLearningServices/workspaces/");
    const qsizetype found = call.path.indexOf(marker);
    if (found < 0 || !call.path.startsWith(Q("/subscriptions/")))
        return armError(404, "NotFound", Q("Not found."));
    if (!scope.contains(Q("management"))) // a token for another service
        return armError(401, "InvalidAuthenticationTokenAudience", Q("The access token has been obtained for wrong audience or resource."));
    if (!call.query.hasQueryItem(Q("api-version"))) // a date is required (BACKEND_APIS.md §3.5)
        return armError(400, "MissingApiVersionParameter", Q("The api-version query parameter (?api-version=) is required for all requests."));
    return workspace(call, call.path.mid(found + marker.size()));
}

Answer AzureMlStandIn::workspace(const Call &call, const QString &path)
{
    if (path.section(QLatin1Char('/'), 0, 0) != Q("mlops-ws"))
        return armError(404, "ResourceNotFound", QStringLiteral("The Resource 'Microsoft.MachineLearningServices/workspaces/%1' was not found.").arg(path.section(QLatin1Char('/'), 0, 0)));
    const QString rest = path.section(QLatin1Char('/'), 1), base = call.path.left(call.path.size() - rest.size() - (rest.isEmpty() ? 0 : 1));
    if (rest.isEmpty())
        return Answer::json(QJsonObject{{Q("id"), base}, {Q("name"), Q("mlops-ws")}, {Q("type"), Q("Microsoft.MachineLearningServices/workspaces")}, {Q("location"), Q("westeurope")},
                                        {Q("properties"), QJsonObject{{Q("provisioningState"), Q("Succeeded")}, {Q("workspaceId"), uuidName(base)}, {Q("discoveryUrl"), Q("http://") + call.host() + Q("/discovery")}, // real: https; and MLflow's is written azureml://
                                                                      {Q("mlFlowTrackingUri"), Q("azureml://") + call.host() + Q("/mlflow/v1.0") + base}}}});
    for (const auto part : {&AzureMlStandIn::jobs, &AzureMlStandIn::schedules, &AzureMlStandIn::codes, &AzureMlStandIn::datastores, &AzureMlStandIn::assets})
        if (auto answer = (this->*part)(call, rest))
            return *answer;
    return armError(404, "UserError", QStringLiteral("Not found: %1").arg(rest));
}

QJsonObject AzureMlStandIn::shape(const Job &job, const QString &base, const Call &call) const
{
    QJsonObject properties = job.properties;
    properties[Q("status")] = job.status;
    properties[Q("isArchived")] = job.archived;
    QJsonObject own = properties[Q("properties")].toObject();
    if (job.started.isValid())
        own[Q("StartTimeUtc")] = job.started.toUTC().toString(Q("yyyy-MM-dd HH:mm:ss"));
    if (job.ended.isValid())
        own[Q("EndTimeUtc")] = job.ended.toUTC().toString(Q("yyyy-MM-dd HH:mm:ss"));
    properties[Q("properties")] = own;
    const QString host = Q("http://") + call.host();
    properties[Q("services")] = QJsonObject{{Q("Tracking"), QJsonObject{{Q("jobServiceType"), Q("Tracking")}, {Q("endpoint"), Q("azureml://") + call.host() + Q("/mlflow/v1.0") + base}}}, {Q("Studio"), QJsonObject{{Q("jobServiceType"), Q("Studio")}, {Q("endpoint"), host + Q("/runs/") + job.name + Q("?wsid=") + base}}}};
    QJsonObject outputs = properties[Q("outputs")].toObject();
    for (const QString &name : outputs.keys()) {
        QJsonObject output = outputs[name].toObject();
        if (output[Q("uri")].toString().isEmpty())
            output[Q("uri")] = QStringLiteral("azureml://datastores/workspaceartifactstore/paths/ExperimentRun/dcid.%1/%2").arg(job.name, name);
        outputs[name] = output;
    }
    properties[Q("outputs")] = outputs;
    QJsonObject made = resource(base, Q("jobs"), job.name, properties);
    made[Q("systemData")] = QJsonObject{{Q("createdAt"), instant(job.created)}, {Q("createdBy"), Q("olga")}, {Q("createdByType"), Q("User")}};
    return made;
}

Answer AzureMlStandIn::put(const Call &call, const QString &name)
{
    const QJsonObject properties = call.json()[Q("properties")].toObject();
    if (properties[Q("jobType")].toString() != Q("Command") || properties[Q("command")].toString().isEmpty() || properties[Q("environmentId")].toString().isEmpty())
        return armError(400, "UserError", Q("The request is invalid: a Command job wants command and environmentId."));
    if (const QString asset = missing(properties); !asset.isEmpty())
        return armError(404, "UserError", QStringLiteral("%1 was not found.").arg(asset));
    if (Job *old = named(name)) { // a job is not changed but for being archived
        old->archived = properties[Q("isArchived")].toBool();
        return Answer::json(shape(*old, call.path.section(Q("/jobs/"), 0, 0), call));
    }
    Job job;
    job.name = name;
    job.properties = properties;
    for (const char *key : {"status", "services", "isArchived"}) // read-only: what is sent is not kept
        job.properties.remove(Q(key));
    if (job.properties[Q("experimentName")].toString().isEmpty())
        job.properties[Q("experimentName")] = Q("Default");
    job.created = now();
    m_jobs.push_back(job);
    return Answer::json(shape(m_jobs.back(), call.path.section(Q("/jobs/"), 0, 0), call), 201);
}

std::optional<Answer> AzureMlStandIn::jobs(const Call &call, const QString &path)
{
    const QString base = call.path.left(call.path.size() - path.size() - 1);
    if (path == Q("jobs")) {
        QJsonArray page;
        const auto value = [&](const char *key) { return call.query.queryItemValue(Q(key), QUrl::FullyDecoded); };
        const int from = value("$skip").toInt(), size = seconds("page", 10);
        int at = 0;
        bool more = false;
        for (auto job = m_jobs.rbegin(); job != m_jobs.rend(); ++job) {
            if ((job->archived && value("listViewType") != Q("All")) || (!value("jobType").isEmpty() && value("jobType") != job->properties[Q("jobType")].toString()))
                continue;
            if (at++ < from)
                continue;
            more = page.size() == size;
            if (more)
                break;
            page.append(shape(*job, base, call));
        }
        QJsonObject made{{Q("value"), page}};
        if (more) {
            QUrlQuery next = call.query;
            next.removeAllQueryItems(Q("$skip"));
            next.addQueryItem(Q("$skip"), QString::number(from + size));
            made[Q("nextLink")] = Q("http://") + call.host() + call.path + QLatin1Char('?') + next.toString(QUrl::FullyEncoded);
        }
        return Answer::json(made);
    }
    if (const auto cancel = matched(path, "jobs/{}/cancel"); cancel && call.method == "POST") {
        Job *job = named(cancel->front());
        if (!job)
            return armError(404, "UserError", Q("Run was not found"));
        if (job->ended.isValid())
            return armError(400, "UserError", QStringLiteral("Job is already %1.").arg(job->status));
        job->cancelAsked = now();
        job->status = Q("CancelRequested");
        return Answer::text({}, 202);
    }
    const auto one = matched(path, "jobs/{}");
    if (!one)
        return std::nullopt;
    if (call.method == "PUT")
        return put(call, one->front());
    Job *job = named(one->front());
    return job ? Answer::json(shape(*job, base, call)) : armError(404, "UserError", QStringLiteral("Run %1 was not found").arg(one->front()));
}

} // namespace pilothouse::estate
