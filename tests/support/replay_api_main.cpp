// SPDX-License-Identifier: GPL-3.0-or-later
// replay_api [--pods N] [--deployments N] [--history N] [--pages]: the replay server as a program of its own. The first line of its output is its address. Commands on standard input, one a line, each
// answered with one line: churn N · faults RATE · cut · forget · digest · ready (of each deployment) · stats. It ends with its input.
#include "tests/support/replay_api.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

using pilothouse::support::ReplayApi;
using pilothouse::support::ReplayOptions;

int main(int argc, char **argv) {
    ReplayOptions options;
    for (int i = 1; i < argc; ++i) {
        const auto number = [&] { return i + 1 < argc ? std::atoi(argv[++i]) : 0; };
        if (std::strcmp(argv[i], "--pods") == 0)
            options.pods = number();
        else if (std::strcmp(argv[i], "--deployments") == 0)
            options.deployments = number();
        else if (std::strcmp(argv[i], "--history") == 0)
            options.history = number();
        else if (std::strcmp(argv[i], "--pages") == 0)
            options.streamingLists = false;
        else {
            std::fprintf(stderr, "usage: replay_api [--pods N] [--deployments N] [--history N] [--pages]\n");
            return 2;
        }
    }
    ReplayApi api(options);
    std::cout << api.url().toStdString() << std::endl;
    quint64 seed = 1;
    for (std::string line; std::getline(std::cin, line);) {
        const QStringList words = QString::fromStdString(line).simplified().split(QLatin1Char(' '));
        const QString verb = words.value(0);
        if (verb == QLatin1String("churn"))
            api.churn(words.value(1).toInt());
        else if (verb == QLatin1String("faults"))
            api.setFaults(words.value(1).toDouble(), ++seed);
        else if (verb == QLatin1String("cut"))
            api.cut();
        else if (verb == QLatin1String("forget"))
            api.forget();
        if (verb == QLatin1String("digest")) {
            std::cout << R"({"digest":")" << api.digest() << R"(","rows":)" << api.objects("pods").size() << "}" << std::endl;
            continue;
        }
        if (verb == QLatin1String("ready")) {
            QJsonObject all;
            for (const QByteArray &bytes : api.objects("deployments")) {
                const QJsonObject one = QJsonDocument::fromJson(bytes).object(), metadata = one[QLatin1String("metadata")].toObject();
                all.insert(metadata[QLatin1String("namespace")].toString() + QLatin1Char('/') + metadata[QLatin1String("name")].toString(),
                           QStringLiteral("%1/%2").arg(one[QLatin1String("status")].toObject()[QLatin1String("readyReplicas")].toInt()).arg(one[QLatin1String("spec")].toObject()[QLatin1String("replicas")].toInt()));
            }
            std::cout << QJsonDocument(all).toJson(QJsonDocument::Compact).toStdString() << std::endl;
            continue;
        }
        std::cout << R"({"streams":)" << api.streams() << R"(,"bytes":)" << api.bytesSent() << R"(,"changes":)" << api.changes() << R"(,"faults":)" << api.faults() << "}" << std::endl;
    }
    return 0;
}
