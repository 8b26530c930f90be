// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/button.h"
#include "widgets/base/panel.h"

class QHBoxLayout;

namespace pilothouse::console {

/// 48 px: path and title, state badges, palette field, environment lock, user.
class HeaderBar : public QWidget {
    Q_OBJECT
public:
    explicit HeaderBar(QWidget *parent = nullptr);
    void setPath(const QStringList &path, const QString &subject);
    void setBadges(const std::vector<ui::HeaderBadge> &badges);
    /// @param guard how writes are asked for; a sentence
    void setEnvironment(const QString &name, const QString &guard, bool readOnly);
    void setUser(const QString &name, const QString &role);
    void setNarrow(bool narrow);

Q_SIGNALS:
    void paletteWanted();
    void pathClicked(int depth);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class PaletteField;
    class Environment;
    class Avatar;
    void showRange();
    bool m_narrow = false;
    QHBoxLayout *m_path, *m_badges;
    ui::Button *m_range; ///< the stretch of time that all charts show
    PaletteField *m_palette;
    Environment *m_environment;
    Avatar *m_avatar;
};

} // namespace pilothouse::console
