// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/main_window.h"

#include <QTimer>

#include <functional>

namespace pilothouse::console {

/// --pictures DIR: once the first snapshot is shown, every panel, the evidence sheet of the newest promotion, an explanation of the first
/// model, the palette and the first start, in dark and light, at 1440×900 and 1024×640, as PNG files
/// named panel-scheme-size.png; then the program ends with 0, or 2 if a picture could not be written.
class Pictures : public QObject {
    Q_OBJECT
public:
    Pictures(MainWindow &window, ui::Theme &theme, const QString &folder, QObject *parent = nullptr);

private:
    struct Shot {
        QString name;
        std::function<void()> open; ///< brings it on the screen
        bool dark;
        QSize size;
        std::function<bool()> ready = {}; ///< it is grabbed when this is true, or after some seconds; absent: at once
    };
    void next();
    void grab();
    void openSheet();
    void openExplanation();
    bool isExplained();
    MainWindow &m_window;
    ui::Theme &m_theme;
    QString m_folder;
    std::vector<Shot> m_shots;
    std::size_t m_at = 0;
    int m_waited = 0; ///< settle times of this shot
    bool m_explaining = false;
    QTimer m_settle;
};

} // namespace pilothouse::console
