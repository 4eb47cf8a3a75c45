<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>berth</name>
    <message numerus="yes">
        <source>%n being opened</source>
        <translation><numerusform>正在打开 %n 个</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n cookie(s) put into {name}</source>
        <translation><numerusform>已把 %n 个Cookie导入{name}</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n cookie(s) written to {file}</source>
        <translation><numerusform>已把 %n 个Cookie写入{file}</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n d ago</source>
        <translation><numerusform>%n 天前</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n h ago</source>
        <translation><numerusform>%n 小时前</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n known already</source>
        <translation><numerusform>%n 个已有</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n line(s) could be added.</source>
        <translation><numerusform>可以添加 %n 行。</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation><numerusform>%n 分钟前</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation><numerusform>还有 %n 项</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more were refused as well.</source>
        <translation><numerusform>另有 %n 家同样被拒绝。</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n new note(s)</source>
        <translation><numerusform>%n 条新通知</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n other proxy(ies) come out there</source>
        <translation><numerusform>另有 %n 个代理也从这里出去</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n other store(s) came out there, now or before</source>
        <translation><numerusform>另有 %n 家店铺现在或以前用过这个出口</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies)</source>
        <translation><numerusform>%n 个代理</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) added.</source>
        <translation><numerusform>已添加 %n 个代理。</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) deleted</source>
        <translation><numerusform>已删除 %n 个代理</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) selected</source>
        <translation><numerusform>已选 %n 个代理</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) work</source>
        <translation><numerusform>%n 个代理可用</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n ready</source>
        <translation><numerusform>%n 个可添加</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n refused by the browser:</source>
        <translation><numerusform>浏览器拒绝了 %n 个：</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n saved proxy(ies) belong to no store.</source>
        <translation><numerusform>有 %n 个已保存的代理没有店铺在用。</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation><numerusform>已选 %n 项</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s)</source>
        <translation><numerusform>%n 家店铺</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) moved to the bin</source>
        <translation><numerusform>已将 %n 家店铺移到回收站</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) removed for good</source>
        <translation><numerusform>已彻底删除 %n 家店铺</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) restored</source>
        <translation><numerusform>已恢复 %n 家店铺</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) selected</source>
        <translation><numerusform>已选 %n 家店铺</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) share it</source>
        <translation><numerusform>%n 家店铺共用</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) with a proxy that expires soon</source>
        <translation><numerusform>%n 家店铺的代理将到期</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n tab(s)</source>
        <translation><numerusform>%n 个标签页</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n will be changed:</source>
        <translation><numerusform>%n 个会被修改：</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n will be refused:</source>
        <translation><numerusform>%n 个会被拒绝：</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) asleep; their tabs are kept.</source>
        <translation><numerusform>%n 个窗口已休眠，标签页已保留。</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) open</source>
        <translation><numerusform>已打开 %n 个窗口</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) still open</source>
        <translation><numerusform>仍有 %n 个窗口打开</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) still open; they go on</source>
        <translation><numerusform>仍有 %n 个窗口打开，它们照常运行</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n with two readings</source>
        <translation><numerusform>%n 个有两种读法</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n wrong</source>
        <translation><numerusform>%n 个有误</numerusform></translation>
    </message>
    <message>
        <source>`berth --help` lists all of them.</source>
        <translation>全部命令见`berth --help`。</translation>
    </message>
    <message>
        <source>`berth credential list` shows all of them.</source>
        <translation>全部账号见账号列表（命令行：`berth credential list`）。</translation>
    </message>
    <message>
        <source>`berth profile list --bin` shows what is in it.</source>
        <translation>可在回收站中查看（命令行：`berth profile list --bin`）。</translation>
    </message>
    <message>
        <source>`berth profile list` shows all of them.</source>
        <translation>可在店铺列表中查看全部（命令行：`berth profile list`）。</translation>
    </message>
    <message>
        <source>`berth proxy import` reads files of any length.</source>
        <translation>多长的文件都可以用`berth proxy import`导入。</translation>
    </message>
    <message>
        <source>`berth proxy list` shows all of them; `berth proxy add` saves another.</source>
        <translation>已保存的都在代理列表里，也可以新加一个（命令行：`berth proxy list`、`berth proxy add`）。</translation>
    </message>
    <message>
        <source>`berth proxy list` shows the kinds of all proxies.</source>
        <translation>用`berth proxy list`查看所有代理的类型。</translation>
    </message>
    <message>
        <source>`berth setting list` shows all of them.</source>
        <translation>全部设置项见设置页（命令行：`berth setting list`）。</translation>
    </message>
    <message>
        <source>`berth tabs NAME` lists those that it has.</source>
        <translation>`berth tabs NAME`列出现有的标签页。</translation>
    </message>
    <message>
        <source>`berth template list` shows all of them.</source>
        <translation>全部模板见模板列表（命令行：`berth template list`）。</translation>
    </message>
    <message>
        <source>`berth windows` lists the open ones.</source>
        <translation>已打开的窗口可用`berth windows`查看。</translation>
    </message>
    <message>
        <source>`{command} --help` says what it takes.</source>
        <translation>用法见`{command} --help`。</translation>
    </message>
    <message>
        <source>A berth of its own for every store account: its own browser, its own network path.</source>
        <translation>一店一泊位：每个店铺账号都有自己的浏览器、自己的网络线路。</translation>
    </message>
    <message>
        <source>A browser cannot show {cores} processor cores.</source>
        <translation>没有浏览器会显示 {cores} 个处理器核心。</translation>
    </message>
    <message>
        <source>A changed proxy, or a newly trusted key, counts once the window is opened again.</source>
        <translation>更换的代理或新信任的密钥，在重新打开窗口后才生效。</translation>
    </message>
    <message>
        <source>A command, a store's name, or its number</source>
        <translation>输入命令、店铺名称或序号</translation>
    </message>
    <message>
        <source>A fixed place</source>
        <translation>固定位置</translation>
    </message>
    <message>
        <source>A forgotten passphrase cannot be found again; keep the recovery code.</source>
        <translation>忘记密码无法找回，请保存恢复码。</translation>
    </message>
    <message>
        <source>A group is made when a profile is put into it.</source>
        <translation>把店铺放进分组时，分组会自动建立。</translation>
    </message>
    <message>
        <source>A key in vault.json was changed.</source>
        <translation>vault.json中有一个密钥被改动过。</translation>
    </message>
    <message>
        <source>a key is not a plain word.</source>
        <translation>有一个键不是普通文字。</translation>
    </message>
    <message>
        <source>A language stands twice in the list.</source>
        <translation>语言列表中有一种语言重复了。</translation>
    </message>
    <message>
        <source>A list cannot be sorted by {sort}.</source>
        <translation>列表不能按「{sort}」排序。</translation>
    </message>
    <message>
        <source>A name that is new makes a new group; an empty one takes them out.</source>
        <translation>填新名称会新建分组；留空则移出分组。</translation>
    </message>
    <message>
        <source>A network of its own could not be made ({step}: {error}).</source>
        <translation>没能单独隔出网络（{step}：{error}）。</translation>
    </message>
    <message>
        <source>A note is sealed and never given on a command line; use the note command.</source>
        <translation>备注加密保存，不能写在命令行里；请用备注命令。</translation>
    </message>
    <message>
        <source>A page can read which graphics card, fonts and screen a computer has, and how it draws a picture. Berth shows the real ones in every store, because invented ones contradict each other and can be noticed. So two stores on this computer can be linked by them. Languages, time zone, window size, scale and number of cores are different for each store, and cookies, logins and addresses never mix. If that is not enough for two accounts, keep them on two computers.</source>
        <translation>网页能读到电脑的显卡、字体和屏幕，以及它怎样画图。泊位在每家店铺里都显示真实值，因为编造的值会互相矛盾，可能被识别。所以，同一台电脑上的两家店铺可以凭这些被关联。语言、时区、窗口尺寸、缩放和核心数各店不同；Cookie、登录状态和地址互不相混。如果两个账号需要分得更开，请用两台电脑。</translation>
    </message>
    <message>
        <source>A person drives the window of {name}, so no script may attach to it.</source>
        <translation>{name}的窗口由人操作，脚本不能连接。</translation>
    </message>
    <message>
        <source>A place is given, but the geolocation is not fixed to it.</source>
        <translation>填了位置，但定位没有设为固定。</translation>
    </message>
    <message>
        <source>A port is a number from 1 to 65535.</source>
        <translation>端口是 1 到 65535 之间的数字。</translation>
    </message>
    <message>
        <source>A profile has no setting called {key}.</source>
        <translation>店铺没有名为「{key}」的设置。</translation>
    </message>
    <message>
        <source>A proxy gives a store an address of its own. Paste those that you have bought, in any form.</source>
        <translation>代理让店铺有自己的地址。把买来的代理粘贴进来，写法不限。</translation>
    </message>
    <message>
        <source>A report without names or values lies in {file}.</source>
        <translation>报告在{file}，其中没有名称和内容。</translation>
    </message>
    <message>
        <source>A script attaches at this address, one at a time, until the window closes. Whoever knows it has the window with all its logins, so give it to nobody. Pages can see that a script drives this window.</source>
        <translation>脚本通过这个地址连接，同一时间只能有一个，窗口关闭后失效。知道地址的人就能控制这个窗口和里面所有的登录状态，不要告诉任何人。网页能看出这个窗口由脚本操作。</translation>
    </message>
    <message>
        <source>A script attaches at {address}</source>
        <translation>脚本的连接地址：{address}</translation>
    </message>
    <message>
        <source>A sealed value was changed or moved ({place}).</source>
        <translation>有一个加密保存的值被改动或移动过（{place}）。</translation>
    </message>
    <message>
        <source>A shop has already seen {key} as {value}; a change can look like another person.</source>
        <translation>平台见到的{key}一直是{value}；突然改动，可能像换了一个人。</translation>
    </message>
    <message>
        <source>A site that this profile meets for the first time finds nothing stored.</source>
        <translation>店铺首次访问的网站找不到任何已存的数据。</translation>
    </message>
    <message>
        <source>A site that this profile meets for the first time finds stored: {names}.</source>
        <translation>店铺首次访问的网站却找到了已存的数据：{names}。</translation>
    </message>
    <message>
        <source>A SOCKS5 login holds at most 255 plain letters, digits and signs.</source>
        <translation>SOCKS5账号最多 255 个普通字母、数字和符号。</translation>
    </message>
    <message>
        <source>A store needs a name.</source>
        <translation>请填写店铺名称。</translation>
    </message>
    <message>
        <source>A store was not opened</source>
        <translation>有一家店铺未打开</translation>
    </message>
    <message>
        <source>A user name for an HTTP proxy cannot hold a colon.</source>
        <translation>HTTP代理的用户名不能含冒号。</translation>
    </message>
    <message>
        <source>A value in it should be true or false, and is neither.</source>
        <translation>其中一个值应为true或false，但两者都不是。</translation>
    </message>
    <message>
        <source>A window crashed</source>
        <translation>有窗口崩溃</translation>
    </message>
    <message>
        <source>A window is held back</source>
        <translation>有窗口已暂停</translation>
    </message>
    <message>
        <source>A window of {width}x{height} at scale {scale} does not fit this screen.</source>
        <translation>缩放为{scale}时，{width}×{height}的窗口放不进这块屏幕。</translation>
    </message>
    <message>
        <source>A window that a person drives has no address for scripts.</source>
        <translation>由人操作的窗口没有供脚本连接的地址。</translation>
    </message>
    <message>
        <source>A window was not opened: {reasons}</source>
        <translation>有一个窗口没有打开：{reasons}</translation>
    </message>
    <message>
        <source>A word is just being typed with the input method, so nothing was inserted.</source>
        <translation>输入法里有一个词还没有打完，所以没有插入。</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>About Berth, and licences</source>
        <translation>关于泊位和许可证</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号状态</translation>
    </message>
    <message>
        <source>Account status</source>
        <translation>账号状态</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message numerus="yes">
        <source>Add %n proxy(ies)</source>
        <translation><numerusform>添加 %n 个代理</numerusform></translation>
    </message>
    <message>
        <source>Add --mode automation; the window then says that a script drives it.</source>
        <translation>加上 --mode automation；窗口会如实表明由脚本操作。</translation>
    </message>
    <message>
        <source>Add --name, --expires, --provider or --price.</source>
        <translation>请加上--name、--expires、--provider或--price。</translation>
    </message>
    <message>
        <source>Add --yes when you are sure.</source>
        <translation>确定的话，请加上 --yes。</translation>
    </message>
    <message>
        <source>Add key=value, such as market=US.</source>
        <translation>请写成key=value，例如market=US。</translation>
    </message>
    <message>
        <source>Add proxies, or check those you have: one fits that works, has not expired, comes out in the store's market, and at an address that no other store had.</source>
        <translation>请添加代理，或检测已有的代理：合适的代理要能用、未到期、出口在店铺的市场，并且出口地址没有被别的店铺用过。</translation>
    </message>
    <message>
        <source>Add several proxies</source>
        <translation>批量添加代理</translation>
    </message>
    <message>
        <source>Add several…</source>
        <translation>批量添加…</translation>
    </message>
    <message numerus="yes">
        <source>Add tags to %n store(s)</source>
        <translation><numerusform>给 %n 家店铺添加标签</numerusform></translation>
    </message>
    <message>
        <source>Add tags…</source>
        <translation>添加标签…</translation>
    </message>
    <message>
        <source>Add these first, then paste the rest.</source>
        <translation>请先添加这些，再粘贴其余的。</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>Added {added}, known already {known}, to be read in two ways {two}, wrong {wrong}.</source>
        <translation>已添加{added}个，已有{known}个，有两种读法的{two}个，有误的{wrong}个。</translation>
    </message>
    <message>
        <source>Added {done} of {total} proxies</source>
        <translation>已添加 {done}/{total} 个代理</translation>
    </message>
    <message>
        <source>Adding proxies</source>
        <translation>正在添加代理</translation>
    </message>
    <message>
        <source>Adding…</source>
        <translation>正在添加…</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Address for scripts</source>
        <translation>脚本连接地址</translation>
    </message>
    <message>
        <source>Afghanistan</source>
        <translation>阿富汗</translation>
    </message>
    <message>
        <source>After the question mark only key=/path/of/a/private/key is understood.</source>
        <translation>问号后面只能写key=/私钥的路径。</translation>
    </message>
    <message>
        <source>Albania</source>
        <translation>阿尔巴尼亚</translation>
    </message>
    <message>
        <source>Algeria</source>
        <translation>阿尔及利亚</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>All expire on</source>
        <translation>统一到期日</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>All is as it has to be</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>All stores</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>All {count} contexts were looked at.</source>
        <translation>{count}种页面环境都看过了。</translation>
    </message>
    <message>
        <source>Allow private addresses in the profile if that is really meant.</source>
        <translation>确实需要时，请在店铺设置中允许访问内网地址。</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>允许</translation>
    </message>
    <message>
        <source>amber</source>
        <translation>注意</translation>
    </message>
    <message>
        <source>An empty page</source>
        <translation>空白页</translation>
    </message>
    <message>
        <source>An extension may add noise; switch extensions off one after the other.</source>
        <translation>可能是某个扩展加了噪声；请逐个关掉扩展再试。</translation>
    </message>
    <message>
        <source>An extension may have replaced them; switch extensions off one after the other.</source>
        <translation>可能被某个扩展替换了；请逐个关掉扩展再试。</translation>
    </message>
    <message>
        <source>An IPv6 address needs square brackets.</source>
        <translation>IPv6地址要放在方括号里。</translation>
    </message>
    <message>
        <source>An open window goes on with the old one until it is closed and opened again.</source>
        <translation>已打开的窗口仍用旧代理，关闭后重新打开才换。</translation>
    </message>
    <message>
        <source>An SSH server wants a user name.</source>
        <translation>SSH服务器需要用户名。</translation>
    </message>
    <message>
        <source>An unused one for each</source>
        <translation>各用一个未使用的</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation><numerusform>还有 %n 个</numerusform></translation>
    </message>
    <message>
        <source>Andorra</source>
        <translation>安道尔</translation>
    </message>
    <message>
        <source>Angola</source>
        <translation>安哥拉</translation>
    </message>
    <message>
        <source>Anguilla</source>
        <translation>安圭拉</translation>
    </message>
    <message>
        <source>Another address or password</source>
        <translation>更换地址或密码</translation>
    </message>
    <message>
        <source>Another Berth has the vault open (process {pid}).</source>
        <translation>另一个泊位正占用保险库（进程 {pid}）。</translation>
    </message>
    <message>
        <source>Another Berth has the vault open.</source>
        <translation>另一个泊位正占用保险库。</translation>
    </message>
    <message>
        <source>Another browser uses the same profile folder. Close it, then open the store again.</source>
        <translation>另一个浏览器正在使用同一个环境文件夹。请先关掉它，再打开店铺。</translation>
    </message>
    <message>
        <source>Another for each store; a site that looks for it can see that it is noise.</source>
        <translation>每个店铺各不相同；专门检测的网站能看出这是噪声。</translation>
    </message>
    <message>
        <source>Another group is called {name}.</source>
        <translation>已有名为「{name}」的分组。</translation>
    </message>
    <message>
        <source>Another program is using {file}.</source>
        <translation>另一个程序正在使用{file}。</translation>
    </message>
    <message>
        <source>Another server key</source>
        <translation>服务器密钥变了</translation>
    </message>
    <message>
        <source>Another view is called {name}.</source>
        <translation>已有名为「{name}」的视图。</translation>
    </message>
    <message>
        <source>Antarctica</source>
        <translation>南极洲</translation>
    </message>
    <message>
        <source>Antigua &amp; Barbuda</source>
        <translation>安提瓜和巴布达</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>any market</source>
        <translation>不限市场</translation>
    </message>
    <message>
        <source>Apart from other stores</source>
        <translation>与其他店铺隔开</translation>
    </message>
    <message>
        <source>AppArmor restricts user namespaces on this system.</source>
        <translation>系统的AppArmor限制了用户命名空间。</translation>
    </message>
    <message>
        <source>AppArmor restricts user namespaces on this system. Debian: apt install chromium-sandbox. Ubuntu: use Google Chrome from its own package.</source>
        <translation>系统的AppArmor限制了用户命名空间。Debian：apt install chromium-sandbox；Ubuntu：请用Google Chrome官方安装包。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Argentina</source>
        <translation>阿根廷</translation>
    </message>
    <message>
        <source>Armenia</source>
        <translation>亚美尼亚</translation>
    </message>
    <message>
        <source>Arrange</source>
        <translation>排列</translation>
    </message>
    <message>
        <source>Arrange them with the desktop's own keys, or sign in to a session with X11.</source>
        <translation>请用桌面自带的快捷键排列，或改用X11会话登录。</translation>
    </message>
    <message>
        <source>Arrange windows</source>
        <translation>排列窗口</translation>
    </message>
    <message>
        <source>Arranged: {names}.</source>
        <translation>已排列：{names}。</translation>
    </message>
    <message>
        <source>Aruba</source>
        <translation>阿鲁巴</translation>
    </message>
    <message>
        <source>As it was set</source>
        <translation>与设置一致</translation>
    </message>
    <message>
        <source>As the browser does by itself</source>
        <translation>由浏览器自行决定</translation>
    </message>
    <message>
        <source>as the browser does by itself</source>
        <translation>由浏览器自行决定</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Ask someone who may approve it.</source>
        <translation>请找有权批准的人同意。</translation>
    </message>
    <message>
        <source>Ask the owner of the vault to allow it again.</source>
        <translation>请让保险库所有者重新允许。</translation>
    </message>
    <message>
        <source>Ask the owner of this vault to allow it.</source>
        <translation>请让保险库所有者开通权限。</translation>
    </message>
    <message>
        <source>Ask whether the proxy is paid, and whether it forbids the echo pages of the settings.</source>
        <translation>问问代理是否还在付费期内，是否禁止访问设置里的查IP网页。</translation>
    </message>
    <message>
        <source>Ask your provider again.</source>
        <translation>请向代理商重新要一份。</translation>
    </message>
    <message>
        <source>Ask your provider for another login, or use the proxy's HTTP address.</source>
        <translation>请向代理商换一组账号，或改用这个代理的HTTP地址。</translation>
    </message>
    <message>
        <source>Ask your provider for another login, or use the proxy's SOCKS5 address.</source>
        <translation>请向代理商换一组账号，或改用这个代理的SOCKS5地址。</translation>
    </message>
    <message>
        <source>Ask your provider for the fingerprint of the new key. If it is this one, trust it: on the proxies page, or with `berth proxy trust NAME`.</source>
        <translation>向代理商要新密钥的指纹。如果一致，就在代理页面信任它，或者用`berth proxy trust NAME`。</translation>
    </message>
    <message>
        <source>Ask your provider for the SOCKS5 or HTTP address of the same proxy.</source>
        <translation>请向代理商要同一代理的SOCKS5或HTTP地址。</translation>
    </message>
    <message>
        <source>Ask your provider whether the server was replaced, and for the new key's fingerprint.</source>
        <translation>问代理商服务器是否换过，并要新密钥的指纹。</translation>
    </message>
    <message>
        <source>Ask your provider whether this computer's address must be allowed first.</source>
        <translation>问代理商是否要先把这台电脑的地址加入白名单。</translation>
    </message>
    <message>
        <source>Ask your provider, or give its stores another proxy.</source>
        <translation>请联系代理商，或给这些店铺换代理。</translation>
    </message>
    <message>
        <source>Ask your proxy provider whether it is paid; if so, set other echo addresses in the settings.</source>
        <translation>问代理商是否还在付费期内；如果是，就在设置里换别的查IP网页。</translation>
    </message>
    <message>
        <source>Ask your proxy provider whether this machine and this site are allowed.</source>
        <translation>请问代理商：是否允许这台电脑使用、是否允许访问这个网站。</translation>
    </message>
    <message>
        <source>Asked for the place, the browser says "{state}".</source>
        <translation>网站询问位置时，浏览器回答“{state}”。</translation>
    </message>
    <message>
        <source>Asked to open</source>
        <translation>请求打开</translation>
    </message>
    <message>
        <source>Asked to open in spite of a red check</source>
        <translation>有红色检测项仍要求打开</translation>
    </message>
    <message>
        <source>Asking for the server's key</source>
        <translation>正在读取服务器密钥</translation>
    </message>
    <message>
        <source>Asleep, with their tabs kept: {names}.</source>
        <translation>已休眠，标签页已保留：{names}。</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>音频</translation>
    </message>
    <message>
        <source>audio</source>
        <translation>音频</translation>
    </message>
    <message>
        <source>Australia</source>
        <translation>澳大利亚</translation>
    </message>
    <message>
        <source>Austria</source>
        <translation>奥地利</translation>
    </message>
    <message>
        <source>Automatic, by the exit</source>
        <translation>自动，随出口</translation>
    </message>
    <message>
        <source>automatic, by the exit</source>
        <translation>自动，随出口</translation>
    </message>
    <message>
        <source>Azerbaijan</source>
        <translation>阿塞拜疆</translation>
    </message>
    <message>
        <source>Back to the default: {value}</source>
        <translation>恢复默认：{value}</translation>
    </message>
    <message>
        <source>Back to the passphrase</source>
        <translation>返回输入密码</translation>
    </message>
    <message>
        <source>Bahamas</source>
        <translation>巴哈马</translation>
    </message>
    <message>
        <source>Bahrain</source>
        <translation>巴林</translation>
    </message>
    <message>
        <source>Bangladesh</source>
        <translation>孟加拉国</translation>
    </message>
    <message>
        <source>Banned</source>
        <translation>封禁</translation>
    </message>
    <message>
        <source>Barbados</source>
        <translation>巴巴多斯</translation>
    </message>
    <message>
        <source>Belarus</source>
        <translation>白俄罗斯</translation>
    </message>
    <message>
        <source>Belgium</source>
        <translation>比利时</translation>
    </message>
    <message>
        <source>Belize</source>
        <translation>伯利兹</translation>
    </message>
    <message>
        <source>Benin</source>
        <translation>贝宁</translation>
    </message>
    <message>
        <source>Bermuda</source>
        <translation>百慕大</translation>
    </message>
    <message>
        <source>Berth</source>
        <translation>泊位</translation>
    </message>
    <message>
        <source>Berth asks your provider's page, from this computer itself and not through the proxy. The old address is lost then, and open windows of this proxy notice.</source>
        <translation>泊位会直接从这台电脑访问代理商的换IP网页，不经过代理。原来的地址会失去，用这个代理打开的窗口也会受影响。</translation>
    </message>
    <message>
        <source>Berth cannot look after the exit of this window any more. Close it and open it again.</source>
        <translation>泊位无法再看护这个窗口的出口。请关闭后重新打开。</translation>
    </message>
    <message>
        <source>Berth cannot look into {folder}: {why}.</source>
        <translation>泊位无法查看{folder}：{why}。</translation>
    </message>
    <message>
        <source>Berth cannot open {file} for writing.</source>
        <translation>泊位无法写入{file}。</translation>
    </message>
    <message>
        <source>Berth cannot write to {folder}: {why}.</source>
        <translation>泊位无法写入{folder}：{why}。</translation>
    </message>
    <message>
        <source>Berth does not pass on the browser's own update checks.</source>
        <translation>泊位不转发浏览器自身的更新检查。</translation>
    </message>
    <message>
        <source>Berth ended unexpectedly the last time; nothing that was saved is lost.</source>
        <translation>泊位上次意外退出；已保存的内容都在。</translation>
    </message>
    <message>
        <source>Berth forgets its address and its password. This cannot be taken back.</source>
        <translation>泊位会清除它的地址和密码，无法恢复。</translation>
    </message>
    <message>
        <source>Berth goes on here</source>
        <translation>泊位仍在运行</translation>
    </message>
    <message>
        <source>Berth is locked</source>
        <translation>泊位已锁定</translation>
    </message>
    <message>
        <source>Berth looks again by itself; its own window says what has changed, and how to go on.</source>
        <translation>泊位会自动再检查；变化和处理办法请看泊位窗口。</translation>
    </message>
    <message>
        <source>Berth may not write to {folder}.</source>
        <translation>泊位没有权限写入{folder}。</translation>
    </message>
    <message>
        <source>Berth opens the way as soon as its checks are green.</source>
        <translation>检测全部通过后，泊位会立即放行。</translation>
    </message>
    <message>
        <source>Berth runs as root, so browsers run without their sandbox; use an ordinary account.</source>
        <translation>泊位正以root身份运行，浏览器的沙盒因此关闭；请改用普通用户。</translation>
    </message>
    <message>
        <source>Berth uses Qt {version} under the GNU Lesser General Public License, version 3. Qt comes as libraries of its own beside the program: you may replace them with your own build of Qt, and take Berth apart to make that work. Below stand the licence, and where the source of Qt is.</source>
        <translation>泊位使用Qt {version}，按GNU宽通用公共许可证（LGPL）第 3 版授权。Qt以独立的库放在程序旁边：可以换成自己编译的Qt，也可以为此拆解泊位。下面是许可证全文，以及Qt源代码的所在。</translation>
    </message>
    <message>
        <source>Berth warns before that day.</source>
        <translation>到期前泊位会提醒。</translation>
    </message>
    <message>
        <source>Berth {version}</source>
        <translation>泊位 {version}</translation>
    </message>
    <message>
        <source>Berth's own address</source>
        <translation>泊位自己的地址</translation>
    </message>
    <message>
        <source>Berth's relay needs to know the length of what is sent.</source>
        <translation>泊位的中转需要知道发送内容的长度。</translation>
    </message>
    <message>
        <source>Berth's relay was given something that is no request.</source>
        <translation>泊位的中转收到的内容不是有效请求。</translation>
    </message>
    <message>
        <source>Beta</source>
        <translation>测试版</translation>
    </message>
    <message>
        <source>Bhutan</source>
        <translation>不丹</translation>
    </message>
    <message>
        <source>Bin</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation>已阻止</translation>
    </message>
    <message>
        <source>Blocked</source>
        <comment>location</comment>
        <translation>阻止</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation>阻止</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Bolivia</source>
        <translation>玻利维亚</translation>
    </message>
    <message>
        <source>Bosnia &amp; Herzegovina</source>
        <translation>波斯尼亚和黑塞哥维那</translation>
    </message>
    <message>
        <source>Botswana</source>
        <translation>博茨瓦纳</translation>
    </message>
    <message>
        <source>Bouvet Island</source>
        <translation>布韦岛</translation>
    </message>
    <message>
        <source>Brave</source>
        <translation>Brave</translation>
    </message>
    <message>
        <source>Brazil</source>
        <translation>巴西</translation>
    </message>
    <message>
        <source>Bring to front</source>
        <translation>前置</translation>
    </message>
    <message>
        <source>Britain (UK)</source>
        <translation>英国</translation>
    </message>
    <message>
        <source>British Indian Ocean Territory</source>
        <translation>英属印度洋领地</translation>
    </message>
    <message>
        <source>Brown</source>
        <translation>棕色</translation>
    </message>
    <message>
        <source>Browser</source>
        <translation>浏览器</translation>
    </message>
    <message>
        <source>Browser for new profiles</source>
        <translation>新店铺使用的浏览器</translation>
    </message>
    <message>
        <source>Browsers use the system's own sandbox.</source>
        <translation>浏览器使用系统自带的沙盒。</translation>
    </message>
    <message>
        <source>Brunei</source>
        <translation>文莱</translation>
    </message>
    <message>
        <source>Bulgaria</source>
        <translation>保加利亚</translation>
    </message>
    <message>
        <source>Burkina Faso</source>
        <translation>布基纳法索</translation>
    </message>
    <message>
        <source>Burundi</source>
        <translation>布隆迪</translation>
    </message>
    <message>
        <source>Calls in the browser may not work.</source>
        <translation>浏览器里的语音视频通话可能用不了。</translation>
    </message>
    <message>
        <source>Cambodia</source>
        <translation>柬埔寨</translation>
    </message>
    <message>
        <source>Came out at another address while it was open</source>
        <translation>打开期间换到了另一个出口地址</translation>
    </message>
    <message>
        <source>Cameroon</source>
        <translation>喀麦隆</translation>
    </message>
    <message>
        <source>Canada</source>
        <translation>加拿大</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>Canary</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Canvas</source>
        <translation>画布</translation>
    </message>
    <message>
        <source>canvas</source>
        <translation>画布</translation>
    </message>
    <message>
        <source>Canvas and audio are this profile's own; graphics and fonts are this computer's, in every store.</source>
        <translation>画布和音频是本店铺自己的；显卡和字体是本机的，各店都一样。</translation>
    </message>
    <message>
        <source>Canvas and audio give the same when asked twice.</source>
        <translation>画布和音频两次读取结果相同。</translation>
    </message>
    <message>
        <source>Canvas or audio give something else when asked twice, in {where}.</source>
        <translation>画布或音频两次读取结果不同，出现在{where}。</translation>
    </message>
    <message>
        <source>Canvas, audio, graphics and fonts are this computer's own, shared with the other stores here: {count}.</source>
        <translation>画布、音频、显卡和字体是本机自己的，与这里的其他店铺共用：{count}家。</translation>
    </message>
    <message>
        <source>Canvas, audio, graphics and fonts are this computer's own; no other store is here.</source>
        <translation>画布、音频、显卡和字体都是本机的；本机没有其他店铺。</translation>
    </message>
    <message>
        <source>Cape Verde</source>
        <translation>佛得角</translation>
    </message>
    <message>
        <source>Caribbean NL</source>
        <translation>荷属加勒比区</translation>
    </message>
    <message>
        <source>Cayman Islands</source>
        <translation>开曼群岛</translation>
    </message>
    <message>
        <source>Central African Rep.</source>
        <translation>中非共和国</translation>
    </message>
    <message>
        <source>Certificate replaced</source>
        <translation>证书被替换</translation>
    </message>
    <message>
        <source>Chad</source>
        <translation>乍得</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Change it</source>
        <translation>更换</translation>
    </message>
    <message>
        <source>Change it all the same?</source>
        <translation>仍要修改？</translation>
    </message>
    <message>
        <source>Change passphrase</source>
        <translation>修改密码</translation>
    </message>
    <message>
        <source>Change passphrase…</source>
        <translation>修改密码…</translation>
    </message>
    <message>
        <source>Change proxy</source>
        <translation>换代理</translation>
    </message>
    <message>
        <source>Change proxy…</source>
        <translation>换代理…</translation>
    </message>
    <message>
        <source>Change start pages</source>
        <translation>修改起始页</translation>
    </message>
    <message>
        <source>Change the address of {name}?</source>
        <translation>要更换{name}的IP吗？</translation>
    </message>
    <message>
        <source>Change the IP…</source>
        <translation>更换IP…</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已修改</translation>
    </message>
    <message numerus="yes">
        <source>Changed %n store(s)</source>
        <translation><numerusform>已修改 %n 家店铺</numerusform></translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Changing the address</source>
        <translation>正在更换IP</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>版本通道</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检测</translation>
    </message>
    <message numerus="yes">
        <source>Check %n proxy(ies)?</source>
        <translation><numerusform>检测 %n 个代理？</numerusform></translation>
    </message>
    <message>
        <source>Check address and port: HTTP and SOCKS5 often have ports of their own.</source>
        <translation>请检查地址和端口：HTTP和SOCKS5的端口往往不同。</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检测</translation>
    </message>
    <message>
        <source>Check again when the computer is less busy; an extension may also be in the way.</source>
        <translation>请等电脑不那么忙时再检查一次；也可能是某个扩展程序在干扰。</translation>
    </message>
    <message>
        <source>Check again when the computer is less busy; an extension may also stop them.</source>
        <translation>等电脑不忙时再检测一次；也可能是某个扩展挡住了。</translation>
    </message>
    <message>
        <source>Check again, and leave that window open; it closes by itself after some seconds.</source>
        <translation>请再检测一次，别关那个窗口；几秒后它会自己关闭。</translation>
    </message>
    <message>
        <source>Check all</source>
        <translation>全部检测</translation>
    </message>
    <message>
        <source>Check failed</source>
        <translation>检测失败</translation>
    </message>
    <message>
        <source>Check free space, quota and the health of the disk, then try again.</source>
        <translation>请检查剩余空间、磁盘配额和磁盘状况，然后重试。</translation>
    </message>
    <message>
        <source>Check it again in a minute.</source>
        <translation>请过一分钟再检测。</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检测</translation>
    </message>
    <message>
        <source>Check that it is the code of this vault, and type it again.</source>
        <translation>请确认这是本保险库的恢复码，再输入一次。</translation>
    </message>
    <message>
        <source>Check the address and port, and that the proxy is running and paid.</source>
        <translation>请检查地址和端口，并确认代理在运行、没有欠费。</translation>
    </message>
    <message>
        <source>Check the address and port; SSH servers usually listen on port 22.</source>
        <translation>请检查地址和端口；SSH服务器一般用端口 22。</translation>
    </message>
    <message>
        <source>Check the internet connection of this computer.</source>
        <translation>请检查这台电脑的网络连接。</translation>
    </message>
    <message>
        <source>Check the keyboard layout and try again, or use the recovery code.</source>
        <translation>请检查键盘布局后重试，或使用恢复码。</translation>
    </message>
    <message>
        <source>Check the login with your proxy provider, then set the proxy again.</source>
        <translation>请向代理商核对账号，再重新设置代理。</translation>
    </message>
    <message>
        <source>Check the name of the file and who may read it.</source>
        <translation>检查文件名，以及谁有权读取它。</translation>
    </message>
    <message>
        <source>Check the proxy</source>
        <translation>检测代理</translation>
    </message>
    <message>
        <source>Check the selected, or all</source>
        <translation>检测所选，或全部检测</translation>
    </message>
    <message>
        <source>Check the site's address, or try again later.</source>
        <translation>请检查网址，或稍后再试。</translation>
    </message>
    <message>
        <source>Check the spelling of its address and this machine's internet connection.</source>
        <translation>请检查地址拼写和这台电脑的网络连接。</translation>
    </message>
    <message>
        <source>Check the spelling of its address.</source>
        <translation>请检查地址拼写。</translation>
    </message>
    <message>
        <source>Check the window</source>
        <translation>检测窗口</translation>
    </message>
    <message>
        <source>Check this machine's internet connection, then try again.</source>
        <translation>请检查这台电脑的网络连接，然后重试。</translation>
    </message>
    <message>
        <source>Check user name and password with your provider, then edit the proxy.</source>
        <translation>请向代理商核对用户名和密码，再编辑代理。</translation>
    </message>
    <message>
        <source>Check who owns the folder, or choose another one with --home.</source>
        <translation>请检查文件夹属于谁，或换一个文件夹（命令行加 --home）。</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>已检测</translation>
    </message>
    <message>
        <source>Checked {done} of {total} proxies</source>
        <translation>已检测 {done}/{total} 个代理</translation>
    </message>
    <message>
        <source>Checked {when}</source>
        <translation>{when}检测</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>检查中</translation>
    </message>
    <message>
        <source>Checking a store's window</source>
        <translation>正在检测店铺窗口</translation>
    </message>
    <message>
        <source>Checking proxies</source>
        <translation>正在检测代理</translation>
    </message>
    <message>
        <source>Checkouts that ask for it get no answer.</source>
        <translation>要求定位的结账页得不到回答。</translation>
    </message>
    <message>
        <source>Checks of the window</source>
        <translation>窗口检测结果</translation>
    </message>
    <message>
        <source>Chile</source>
        <translation>智利</translation>
    </message>
    <message>
        <source>China</source>
        <translation>中国</translation>
    </message>
    <message>
        <source>Choose "proxy only" for WebRTC unless calls have to work.</source>
        <translation>除非必须通话，否则请把WebRTC设为“只走代理”。</translation>
    </message>
    <message>
        <source>Choose a label of 1 to {most} visible characters.</source>
        <translation>请填写 1 到 {most} 个可见字符。</translation>
    </message>
    <message>
        <source>Choose a name of 1 to {most} visible characters.</source>
        <translation>请用 1 到 {most} 个可见字符作为名称。</translation>
    </message>
    <message>
        <source>Choose a passphrase</source>
        <translation>设置密码</translation>
    </message>
    <message>
        <source>Choose a proxy</source>
        <translation>选择代理</translation>
    </message>
    <message>
        <source>Choose a smaller window size for this profile, or a screen with more room.</source>
        <translation>请给本店铺选小一些的窗口，或换更大的屏幕。</translation>
    </message>
    <message>
        <source>Choose a store</source>
        <translation>选择店铺</translation>
    </message>
    <message>
        <source>Choose a store and press Enter.</source>
        <translation>选择一家店铺，按Enter打开。</translation>
    </message>
    <message>
        <source>Choose a template; "Any site" suits every platform.</source>
        <translation>选择模板；「通用」适合任何平台。</translation>
    </message>
    <message>
        <source>Choose a text first.</source>
        <translation>请先选择一段文字。</translation>
    </message>
    <message>
        <source>Choose another</source>
        <translation>换一个</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>Choose another number; a profile in the bin keeps its own.</source>
        <translation>请换一个序号；回收站里的店铺仍保留自己的序号。</translation>
    </message>
    <message>
        <source>Choose in a calendar</source>
        <translation>在日历中选择</translation>
    </message>
    <message>
        <source>Choose one below</source>
        <translation>请在下面选择</translation>
    </message>
    <message>
        <source>Choose one of: {choices}.</source>
        <translation>可选：{choices}。</translation>
    </message>
    <message>
        <source>Choose one of: {keys}.</source>
        <translation>可选：{keys}。</translation>
    </message>
    <message>
        <source>Choose one; several words are easy to remember.</source>
        <translation>请设一个密码；用几个词连起来，好记又安全。</translation>
    </message>
    <message>
        <source>Choose the file that holds the cookies alone.</source>
        <translation>请选择只含Cookie的文件。</translation>
    </message>
    <message>
        <source>Chosen for this store</source>
        <translation>本店所选</translation>
    </message>
    <message>
        <source>Christmas Island</source>
        <translation>圣诞岛</translation>
    </message>
    <message>
        <source>Chromium</source>
        <translation>Chromium</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <comment>settings</comment>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Click into another field, then insert again.</source>
        <translation>点进另一个输入框，再插入一次。</translation>
    </message>
    <message>
        <source>Click into the field in the store's window, then insert again.</source>
        <translation>在店铺窗口里点进输入框，再插入一次。</translation>
    </message>
    <message>
        <source>Click to sort, drag to move, right click to choose columns</source>
        <translation>单击排序，拖动换位，右键选择列</translation>
    </message>
    <message>
        <source>Client hints</source>
        <translation>客户端提示（Client Hints）</translation>
    </message>
    <message>
        <source>Client hints that a real browser fills are empty: {names}.</source>
        <translation>真实浏览器会填写的客户端提示却是空的：{names}。</translation>
    </message>
    <message>
        <source>Clone</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close a drawer, or leave the search</source>
        <translation>关闭侧栏，或离开搜索</translation>
    </message>
    <message>
        <source>Close all and quit</source>
        <translation>全部关闭并退出</translation>
    </message>
    <message>
        <source>Close it and try again; only Berth should open this file.</source>
        <translation>请先关闭它再试；这个文件只应由泊位打开。</translation>
    </message>
    <message>
        <source>Close it there. If nothing runs there any more, open the store with “Only this once”.</source>
        <translation>请在那台电脑上关闭。如果那里已经没有在运行，请用“仅本次打开”打开店铺。</translation>
    </message>
    <message>
        <source>Close it with `berth close` and try again; nothing was changed.</source>
        <translation>请先关闭窗口（命令行：`berth close`）再试；数据未变。</translation>
    </message>
    <message>
        <source>Close it, and open it for a script: `berth open NAME --mode automation --endpoint`.</source>
        <translation>请先关闭，再为脚本打开：`berth open NAME --mode automation --endpoint`。</translation>
    </message>
    <message>
        <source>Close other programs if the machine is busy, then open the store again.</source>
        <translation>电脑太忙时请先关掉一些程序，再打开店铺。</translation>
    </message>
    <message>
        <source>Close that browser, then open the store again.</source>
        <translation>请先关掉那个浏览器，再打开店铺。</translation>
    </message>
    <message>
        <source>Close the other Berth, or wait for it to finish.</source>
        <translation>请关闭另一个泊位，或等它结束。</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Close the window and open it again.</source>
        <translation>请关闭窗口后重新打开。</translation>
    </message>
    <message>
        <source>Close the window and open it again. If it stays, report it with the browser's version: a store could notice it.</source>
        <translation>请关闭窗口后重新打开。如仍如此，请连同浏览器版本一起报告：店铺可能看得出来。</translation>
    </message>
    <message>
        <source>Close them first, with `berth close --all`; then open the store again.</source>
        <translation>请先全部关闭（命令行：`berth close --all`），再打开店铺。</translation>
    </message>
    <message>
        <source>Close window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Closed {name}</source>
        <translation>已关闭「{name}」</translation>
    </message>
    <message>
        <source>Closed: {names}.</source>
        <translation>已关闭：{names}。</translation>
    </message>
    <message>
        <source>Closes the window and opens it through its proxy as it is now.</source>
        <translation>关闭窗口，再按代理现在的设置打开。</translation>
    </message>
    <message>
        <source>Closing</source>
        <translation>关闭中</translation>
    </message>
    <message>
        <source>Closing all windows</source>
        <translation>正在关闭全部窗口</translation>
    </message>
    <message>
        <source>Closing {name} and opening it again</source>
        <translation>正在关闭「{name}」并重新打开</translation>
    </message>
    <message>
        <source>Cocos (Keeling) Islands</source>
        <translation>科科斯（基林）群岛</translation>
    </message>
    <message>
        <source>Colombia</source>
        <translation>哥伦比亚</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Comoros</source>
        <translation>科摩罗</translation>
    </message>
    <message>
        <source>Compact</source>
        <translation>紧凑</translation>
    </message>
    <message>
        <source>Confirm that you want it, and say why.</source>
        <translation>请确认要改，并写明原因。</translation>
    </message>
    <message>
        <source>Congo (Dem. Rep.)</source>
        <translation>刚果（金）</translation>
    </message>
    <message>
        <source>Congo (Rep.)</source>
        <translation>刚果（布）</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>拒绝连接</translation>
    </message>
    <message>
        <source>Contexts that showed nothing: {where}.</source>
        <translation>没有结果的页面环境：{where}。</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Cook Islands</source>
        <translation>库克群岛</translation>
    </message>
    <message>
        <source>Cookie files</source>
        <translation>Cookie文件</translation>
    </message>
    <message>
        <source>Cookies of the same name that the store has already are replaced.</source>
        <translation>店铺里已有的同名Cookie会被替换。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Copy the path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>核心</translation>
    </message>
    <message>
        <source>Correct that line; profiles/schema.json says what a template may hold.</source>
        <translation>请改正这一行；模板里可以写什么，见profiles/schema.json。</translation>
    </message>
    <message>
        <source>Costa Rica</source>
        <translation>哥斯达黎加</translation>
    </message>
    <message>
        <source>Costs nothing.</source>
        <translation>没有影响。</translation>
    </message>
    <message>
        <source>Costs nothing: windows have every size.</source>
        <translation>没有影响：什么尺寸的窗口都有。</translation>
    </message>
    <message>
        <source>Could be better</source>
        <translation>还可以更强</translation>
    </message>
    <message>
        <source>Country database</source>
        <translation>国家数据库</translation>
    </message>
    <message>
        <source>Crashed</source>
        <translation>崩溃</translation>
    </message>
    <message>
        <source>Croatia</source>
        <translation>克罗地亚</translation>
    </message>
    <message>
        <source>Cuba</source>
        <translation>古巴</translation>
    </message>
    <message>
        <source>Curaçao</source>
        <translation>库拉索</translation>
    </message>
    <message>
        <source>Cyprus</source>
        <translation>塞浦路斯</translation>
    </message>
    <message>
        <source>Czech Republic</source>
        <translation>捷克</translation>
    </message>
    <message>
        <source>Côte d’Ivoire</source>
        <translation>科特迪瓦</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Data folder: {folder}</source>
        <translation>数据文件夹：{folder}</translation>
    </message>
    <message>
        <source>Dates and numbers are written as in {seen}, the first language is {expected}. The browser's language pack is missing (Debian: sudo apt install chromium-l10n).</source>
        <translation>日期和数字按{seen}书写，而第一语言是{expected}。缺少浏览器语言包（Debian：sudo apt install chromium-l10n）。</translation>
    </message>
    <message>
        <source>Dates and numbers are written as in {seen}.</source>
        <translation>日期和数字按{seen}书写。</translation>
    </message>
    <message>
        <source>Days before its end from which a proxy counts as expiring.</source>
        <translation>到期前多少天算作代理将到期。</translation>
    </message>
    <message>
        <source>Days in the bin</source>
        <translation>回收站保留天数</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n proxy(ies)?</source>
        <translation><numerusform>删除 %n 个代理？</numerusform></translation>
    </message>
    <message>
        <source>Delete the proxy {name}?</source>
        <translation>删除代理「{name}」？</translation>
    </message>
    <message numerus="yes">
        <source>Deleted stores can be restored for %n day(s).</source>
        <translation><numerusform>删除的店铺在 %n 天内可以恢复。</numerusform></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Deleting proxies</source>
        <translation>正在删除代理</translation>
    </message>
    <message>
        <source>Denmark</source>
        <translation>丹麦</translation>
    </message>
    <message>
        <source>Detailed client hints</source>
        <translation>详细的客户端提示</translation>
    </message>
    <message>
        <source>Dev</source>
        <translation>开发版</translation>
    </message>
    <message>
        <source>Did not get through</source>
        <translation>没有通过</translation>
    </message>
    <message>
        <source>Did you mean {near}?</source>
        <translation>是不是「{near}」？</translation>
    </message>
    <message>
        <source>direct</source>
        <comment>network path</comment>
        <translation>直连</translation>
    </message>
    <message>
        <source>Direct, without a proxy</source>
        <translation>直连，不用代理</translation>
    </message>
    <message>
        <source>Dissolve; its stores stay</source>
        <translation>解散分组，店铺保留</translation>
    </message>
    <message>
        <source>Dissolved the group {name}</source>
        <translation>已解散分组「{name}」</translation>
    </message>
    <message>
        <source>Djibouti</source>
        <translation>吉布提</translation>
    </message>
    <message>
        <source>Do not sign in through this proxy: somebody may be reading along.</source>
        <translation>不要通过这个代理登录：可能有人在偷看。</translation>
    </message>
    <message>
        <source>Do not sign in through this proxy; ask your provider, or choose another proxy.</source>
        <translation>不要通过这个代理登录；请联系代理商，或换一个代理。</translation>
    </message>
    <message>
        <source>Does not work · {when}</source>
        <translation>不可用·{when}</translation>
    </message>
    <message>
        <source>Dominica</source>
        <translation>多米尼克</translation>
    </message>
    <message>
        <source>Dominican Republic</source>
        <translation>多米尼加共和国</translation>
    </message>
    <message>
        <source>Double click or Enter: show the store</source>
        <translation>双击或按Enter：显示该店铺</translation>
    </message>
    <message>
        <source>Downloads folder</source>
        <translation>下载文件夹</translation>
    </message>
    <message>
        <source>Each browser window takes a few hundred megabytes of memory.</source>
        <translation>每个浏览器窗口要占几百MB内存。</translation>
    </message>
    <message>
        <source>Each is asked through once, many at a time. You can cancel it at the foot of the window.</source>
        <translation>每个代理检测一次，同时检测多个。可以在窗口底部取消。</translation>
    </message>
    <message>
        <source>East Timor</source>
        <translation>东帝汶</translation>
    </message>
    <message>
        <source>Easy to guess</source>
        <translation>容易被猜到</translation>
    </message>
    <message>
        <source>Echo addresses</source>
        <translation>查IP网址</translation>
    </message>
    <message>
        <source>Echo page is none</source>
        <translation>查IP网页不对</translation>
    </message>
    <message>
        <source>Echo page silent</source>
        <translation>查IP网页没有回应</translation>
    </message>
    <message>
        <source>Ecuador</source>
        <translation>厄瓜多尔</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Edit proxy</source>
        <translation>编辑代理</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑「{name}」</translation>
    </message>
    <message>
        <source>Egypt</source>
        <translation>埃及</translation>
    </message>
    <message>
        <source>El Salvador</source>
        <translation>萨尔瓦多</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>空值</translation>
    </message>
    <message>
        <source>Empty: made from its address</source>
        <translation>留空则按地址命名</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Equatorial Guinea</source>
        <translation>赤道几内亚</translation>
    </message>
    <message>
        <source>Eritrea</source>
        <translation>厄立特里亚</translation>
    </message>
    <message>
        <source>Estonia</source>
        <translation>爱沙尼亚</translation>
    </message>
    <message>
        <source>Eswatini (Swaziland)</source>
        <translation>斯威士兰</translation>
    </message>
    <message>
        <source>Ethiopia</source>
        <translation>埃塞俄比亚</translation>
    </message>
    <message>
        <source>Every command, and every store (Ctrl+K)</source>
        <translation>全部命令和店铺（Ctrl+K）</translation>
    </message>
    <message>
        <source>Every page of the database is as Berth wrote it.</source>
        <translation>数据库每一页都与泊位写入时一致。</translation>
    </message>
    <message>
        <source>Every store account gets its own browser, its own network path and its own settings.</source>
        <translation>每个店铺账号都有自己的浏览器、自己的网络线路和自己的设置。</translation>
    </message>
    <message>
        <source>Every value names the same operating system.</source>
        <translation>各处显示的操作系统一致。</translation>
    </message>
    <message>
        <source>Everybody may write to the folder {folder}.</source>
        <translation>所有人都能写入文件夹{folder}。</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>Exit</source>
        <translation>出口</translation>
    </message>
    <message>
        <source>Exit seen</source>
        <translation>检测到的出口</translation>
    </message>
    <message>
        <source>Exit unknown</source>
        <translation>出口未知</translation>
    </message>
    <message>
        <source>Exit {ip}, seen {when}</source>
        <translation>出口{ip}，{when}检测</translation>
    </message>
    <message>
        <source>Expected {expected}, seen {seen}.</source>
        <translation>应为{expected}，看到的是{seen}。</translation>
    </message>
    <message>
        <source>Expected: {value}</source>
        <translation>应为：{value}</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>已到期</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>到期</translation>
    </message>
    <message>
        <source>Export cookies</source>
        <translation>导出Cookie</translation>
    </message>
    <message>
        <source>Export cookies…</source>
        <translation>导出Cookie…</translation>
    </message>
    <message>
        <source>Export the cookies of {name}</source>
        <translation>导出{name}的Cookie</translation>
    </message>
    <message>
        <source>Extensions that control proxy, WebRTC or DNS: {names}.</source>
        <translation>这些扩展会控制代理、WebRTC或DNS：{names}。</translation>
    </message>
    <message>
        <source>Falkland Islands</source>
        <translation>马尔维纳斯群岛（福克兰群岛）</translation>
    </message>
    <message>
        <source>Faroe Islands</source>
        <translation>法罗群岛</translation>
    </message>
    <message>
        <source>Faulty</source>
        <translation>异常</translation>
    </message>
    <message>
        <source>Fiji</source>
        <translation>斐济</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>指纹</translation>
    </message>
    <message>
        <source>Fingerprint {id}</source>
        <translation>指纹{id}</translation>
    </message>
    <message>
        <source>Fingerprint: automatic, by the exit</source>
        <translation>指纹：自动，随出口</translation>
    </message>
    <message>
        <source>Finish or cancel that word, then insert again.</source>
        <translation>打完或取消这个词，再插入一次。</translation>
    </message>
    <message>
        <source>Finland</source>
        <translation>芬兰</translation>
    </message>
    <message>
        <source>fixed</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Fonts</source>
        <translation>字体</translation>
    </message>
    <message numerus="yes">
        <source>For %n store(s)</source>
        <translation><numerusform>用于 %n 家店铺</numerusform></translation>
    </message>
    <message>
        <source>For instance: market=US.</source>
        <translation>例如：market=US。</translation>
    </message>
    <message>
        <source>For which site are these cookies?</source>
        <translation>这些Cookie属于哪个网站？</translation>
    </message>
    <message>
        <source>Forbidden by its rules</source>
        <translation>被代理规则拒绝</translation>
    </message>
    <message>
        <source>Forgot it? Use the recovery code</source>
        <translation>忘记密码？使用恢复码</translation>
    </message>
    <message>
        <source>Four or more random words are hard to guess.</source>
        <translation>四个或更多随机的词，很难被猜到。</translation>
    </message>
    <message>
        <source>France</source>
        <translation>法国</translation>
    </message>
    <message>
        <source>Free some space and try again; what was stored before is unchanged.</source>
        <translation>请腾出空间后重试；之前保存的数据未变。</translation>
    </message>
    <message>
        <source>French Guiana</source>
        <translation>法属圭亚那</translation>
    </message>
    <message>
        <source>French Polynesia</source>
        <translation>法属波利尼西亚</translation>
    </message>
    <message>
        <source>French S. Terr.</source>
        <translation>法属南部领地</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>从文件导入…</translation>
    </message>
    <message>
        <source>From the file {name}</source>
        <translation>来自文件{name}</translation>
    </message>
    <message>
        <source>Full path; empty for any that is found</source>
        <translation>完整路径；留空则用找到的任意一个</translation>
    </message>
    <message>
        <source>Full path; empty for the usual one</source>
        <translation>完整路径；留空则用平常的下载文件夹</translation>
    </message>
    <message>
        <source>Functions that are not the browser's own: {names}.</source>
        <translation>不是浏览器自带的函数：{names}。</translation>
    </message>
    <message>
        <source>Gabon</source>
        <translation>加蓬</translation>
    </message>
    <message>
        <source>Gambia</source>
        <translation>冈比亚</translation>
    </message>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>Georgia</source>
        <translation>格鲁吉亚</translation>
    </message>
    <message>
        <source>Germany</source>
        <translation>德国</translation>
    </message>
    <message>
        <source>Ghana</source>
        <translation>加纳</translation>
    </message>
    <message>
        <source>Gibraltar</source>
        <translation>直布罗陀</translation>
    </message>
    <message>
        <source>Give a cookies.txt, the JSON of a cookie extension or of Playwright, or a Cookie header.</source>
        <translation>请提供cookies.txt、Cookie扩展或Playwright的JSON，或者一行Cookie请求头。</translation>
    </message>
    <message>
        <source>Give Berth a folder of its own, such as --home {folder}.</source>
        <translation>请给泊位一个专用文件夹，例如 --home {folder}。</translation>
    </message>
    <message>
        <source>Give http or https addresses, such as https://icanhazip.com.</source>
        <translation>请填写http或https网址，例如https://icanhazip.com。</translation>
    </message>
    <message>
        <source>Give names, --group GROUP, or --last after a crash.</source>
        <translation>请给出名称、--group分组，或在崩溃后用 --last。</translation>
    </message>
    <message>
        <source>Give names, or --group GROUP.</source>
        <translation>请给出名称，或 --group分组。</translation>
    </message>
    <message>
        <source>Give one or more values with spaces between.</source>
        <translation>请填写一个或多个值，用空格隔开。</translation>
    </message>
    <message>
        <source>Give one proxy at a time.</source>
        <translation>一次只填一个代理。</translation>
    </message>
    <message>
        <source>Give the folder with its full path.</source>
        <translation>请写文件夹的完整路径。</translation>
    </message>
    <message>
        <source>Give the password of the site.</source>
        <translation>请填写该网站的密码。</translation>
    </message>
    <message>
        <source>Give the path of a private key on this computer, and its passphrase as the password.</source>
        <translation>请填写这台电脑上私钥的路径，私钥有密码的话填在密码处。</translation>
    </message>
    <message>
        <source>Give the path of a text file with one proxy a line.</source>
        <translation>请给出一个每行一个代理的文本文件的路径。</translation>
    </message>
    <message>
        <source>Give the profile the time zone of its market.</source>
        <translation>请把店铺时区设为其市场的时区。</translation>
    </message>
    <message>
        <source>Give the program's full path, as `berth engine list` shows it, or nothing for any browser.</source>
        <translation>请填写程序的完整路径（见`berth engine list`）；留空则不限浏览器。</translation>
    </message>
    <message>
        <source>Give their names, or --all.</source>
        <translation>请写出名称，或用 --all。</translation>
    </message>
    <message>
        <source>Give them another proxy first; profiles in the bin count too.</source>
        <translation>请先给这些店铺换代理；回收站里的店铺也算。</translation>
    </message>
    <message>
        <source>Give this one another name.</source>
        <translation>请给这一个换个名称。</translation>
    </message>
    <message>
        <source>Give this profile another scale or number of cores.</source>
        <translation>请给本店铺换一个缩放或核心数。</translation>
    </message>
    <message>
        <source>Given are those that work, have not expired, and come out in the store's market alone.</source>
        <translation>只分配能用、未到期、出口在店铺的市场、且没有别的店铺共用的代理。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on all the same</source>
        <translation>仍然继续</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>继续编辑</translation>
    </message>
    <message>
        <source>Go on in it; `berth windows` lists what is held.</source>
        <translation>可以继续使用；`berth windows`会列出被暂停的窗口。</translation>
    </message>
    <message>
        <source>Go on in its window, or close it first with `berth close`.</source>
        <translation>请直接在它的窗口里继续，或先关闭（命令行：`berth close`）。</translation>
    </message>
    <message>
        <source>Go on with the Berth you had before: a copy of the vault is in {folder}.</source>
        <translation>请继续用升级前的泊位；保险库的副本在{folder}。</translation>
    </message>
    <message>
        <source>Go to {page}</source>
        <translation>转到{page}</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Google Chrome</source>
        <translation>Google Chrome</translation>
    </message>
    <message>
        <source>Graphics</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>Graphics (WebGL)</source>
        <translation>显卡（WebGL）</translation>
    </message>
    <message>
        <source>Graphics (WebGPU)</source>
        <translation>显卡（WebGPU）</translation>
    </message>
    <message>
        <source>Graphics come from {name}.</source>
        <translation>显卡是{name}。</translation>
    </message>
    <message>
        <source>Greece</source>
        <translation>希腊</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>green</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>Greenland</source>
        <translation>格陵兰</translation>
    </message>
    <message>
        <source>Grenada</source>
        <translation>格林纳达</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Group, search, order and columns are kept under a name.</source>
        <translation>分组、搜索、排序和列会以一个名称保存下来。</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Groups and tags</source>
        <translation>分组和标签</translation>
    </message>
    <message>
        <source>Guadeloupe</source>
        <translation>瓜德罗普</translation>
    </message>
    <message>
        <source>Guam</source>
        <translation>关岛</translation>
    </message>
    <message>
        <source>Guatemala</source>
        <translation>危地马拉</translation>
    </message>
    <message>
        <source>Guernsey</source>
        <translation>根西岛</translation>
    </message>
    <message>
        <source>Guinea</source>
        <translation>几内亚</translation>
    </message>
    <message>
        <source>Guinea-Bissau</source>
        <translation>几内亚比绍</translation>
    </message>
    <message>
        <source>Guyana</source>
        <translation>圭亚那</translation>
    </message>
    <message>
        <source>Haiti</source>
        <translation>海地</translation>
    </message>
    <message>
        <source>Has to fit the exit's country.</source>
        <translation>须与出口国家一致。</translation>
    </message>
    <message>
        <source>Heard Island &amp; McDonald Islands</source>
        <translation>赫德岛和麦克唐纳群岛</translation>
    </message>
    <message>
        <source>Held back</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Held back. The window is open, and nothing of it leaves this computer.</source>
        <translation>已暂停。窗口仍开着，但没有任何数据离开本机。</translation>
    </message>
    <message>
        <source>Hibernate</source>
        <translation>休眠</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message numerus="yes">
        <source>Hide %n green line(s)</source>
        <translation><numerusform>收起 %n 条绿色结果</numerusform></translation>
    </message>
    <message>
        <source>Hide this pane</source>
        <translation>隐藏右栏</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Home page</source>
        <translation>主页</translation>
    </message>
    <message>
        <source>Honduras</source>
        <translation>洪都拉斯</translation>
    </message>
    <message>
        <source>Hong Kong</source>
        <translation>中国香港</translation>
    </message>
    <message>
        <source>How each line is read</source>
        <translation>每行的识别结果</translation>
    </message>
    <message>
        <source>How high the rows of lists are.</source>
        <translation>列表的行高。</translation>
    </message>
    <message>
        <source>How is line {number} meant?</source>
        <translation>第 {number} 行是哪一种？</translation>
    </message>
    <message>
        <source>How long a deleted store can be restored. After that it goes when expired stores are removed; Berth does not do so by itself.</source>
        <translation>已删除的店铺在多少天内可以恢复。过期后，清理过期店铺时才彻底删除；泊位不会自动清理。</translation>
    </message>
    <message>
        <source>How the browser names itself</source>
        <translation>浏览器自报的名称</translation>
    </message>
    <message>
        <source>How to use it in {program}</source>
        <translation>在{program}中的用法</translation>
    </message>
    <message>
        <source>Hungary</source>
        <translation>匈牙利</translation>
    </message>
    <message>
        <source>I have saved it</source>
        <translation>已保存好</translation>
    </message>
    <message>
        <source>Iceland</source>
        <translation>冰岛</translation>
    </message>
    <message>
        <source>If it has a passphrase, give that as the password.</source>
        <translation>如果私钥有密码，请填在密码处。</translation>
    </message>
    <message>
        <source>If it is the same as shown here, trust it; if not, do not use this proxy.</source>
        <translation>如果和这里显示的一致，就信任它；不一致就不要用这个代理。</translation>
    </message>
    <message>
        <source>If it stays so, ask your provider, or give its stores another proxy.</source>
        <translation>如果一直这样，请联系代理商，或给这些店铺换代理。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Import cookies</source>
        <translation>导入Cookie</translation>
    </message>
    <message>
        <source>Import cookies…</source>
        <translation>导入Cookie…</translation>
    </message>
    <message numerus="yes">
        <source>in %n d</source>
        <translation><numerusform>%n 天后</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>In %n month(s)</source>
        <translation><numerusform>%n 个月后</numerusform></translation>
    </message>
    <message>
        <source>In all, the address comes first</source>
        <translation>全部按地址在前</translation>
    </message>
    <message>
        <source>In all, the login comes first</source>
        <translation>全部按账号在前</translation>
    </message>
    <message>
        <source>In appeal</source>
        <translation>申诉中</translation>
    </message>
    <message>
        <source>In place of an address, {page} answered with a web page: a login portal, a block page, or a proxy that has run out.</source>
        <translation>{page}返回的不是IP地址，而是一个网页：可能是登录页、禁止访问页，或者代理已到期。</translation>
    </message>
    <message>
        <source>In the bin</source>
        <translation>在回收站中</translation>
    </message>
    <message>
        <source>in the open window</source>
        <translation>在打开的窗口里</translation>
    </message>
    <message>
        <source>In use, and left open: {names}.</source>
        <translation>正在使用，未休眠：{names}。</translation>
    </message>
    <message>
        <source>In your own words, such as $3 a month</source>
        <translation>随便怎么写，例如每月 3 美元</translation>
    </message>
    <message>
        <source>India</source>
        <translation>印度</translation>
    </message>
    <message>
        <source>Indonesia</source>
        <translation>印度尼西亚</translation>
    </message>
    <message>
        <source>Install it again, or choose another one: `berth engine list`.</source>
        <translation>请重新安装，或换一个浏览器（命令行：`berth engine list`）。</translation>
    </message>
    <message>
        <source>Install it, or see `berth engine list` and set another one with `berth profile set`.</source>
        <translation>请安装它，或给店铺换一个浏览器（命令行：`berth engine list`、`berth profile set`）。</translation>
    </message>
    <message>
        <source>Install one of them (Debian and Ubuntu: sudo apt install chromium chromium-sandbox).</source>
        <translation>请安装其中一个（Debian和Ubuntu：sudo apt install chromium chromium-sandbox）。</translation>
    </message>
    <message>
        <source>Install the newest Berth and try again; nothing was changed.</source>
        <translation>请安装最新版泊位后重试；数据未变。</translation>
    </message>
    <message>
        <source>Iran</source>
        <translation>伊朗</translation>
    </message>
    <message>
        <source>Iraq</source>
        <translation>伊拉克</translation>
    </message>
    <message>
        <source>Ireland</source>
        <translation>爱尔兰</translation>
    </message>
    <message>
        <source>Isle of Man</source>
        <translation>马恩岛</translation>
    </message>
    <message>
        <source>Israel</source>
        <translation>以色列</translation>
    </message>
    <message>
        <source>it cannot be read: it is not a file.</source>
        <translation>无法读取：不是文件。</translation>
    </message>
    <message>
        <source>it cannot be read: {why}.</source>
        <translation>无法读取：{why}。</translation>
    </message>
    <message>
        <source>It comes again further down.</source>
        <translation>后面又出现了一次。</translation>
    </message>
    <message>
        <source>it does not hold keys and values.</source>
        <translation>内容不是键和值。</translation>
    </message>
    <message>
        <source>It encrypts everything Berth keeps on this computer. There is no account and no server.</source>
        <translation>它会加密泊位存在这台电脑上的一切。不用注册，也没有服务器。</translation>
    </message>
    <message>
        <source>It found no screen. Start Berth inside a desktop session, or under `xvfb-run -a`.</source>
        <translation>没有找到屏幕。请在桌面环境中启动泊位，或使用`xvfb-run -a`。</translation>
    </message>
    <message>
        <source>It has expired.</source>
        <translation>已经过期。</translation>
    </message>
    <message>
        <source>It has no name.</source>
        <translation>没有名称。</translation>
    </message>
    <message>
        <source>It is for all sites (SameSite None), and that needs Secure.</source>
        <translation>它对所有网站有效（SameSite None），这需要Secure。</translation>
    </message>
    <message>
        <source>It is for all sites (SameSite None), so it was made Secure as well.</source>
        <translation>它对所有网站有效（SameSite None），因此同时设为Secure。</translation>
    </message>
    <message>
        <source>It is kept apart by site (partitioned), and that needs Secure.</source>
        <translation>它按网站分区保存（partitioned），这需要Secure。</translation>
    </message>
    <message>
        <source>It is longer than the {most} bytes that browsers keep.</source>
        <translation>超过浏览器能保存的{most}字节。</translation>
    </message>
    <message>
        <source>it is nested too deeply.</source>
        <translation>嵌套太深。</translation>
    </message>
    <message>
        <source>it is no private key, or it wants a passphrase.</source>
        <translation>这不是私钥，或者需要密码。</translation>
    </message>
    <message>
        <source>It is not a cookie.</source>
        <translation>这不是Cookie。</translation>
    </message>
    <message>
        <source>It is not sent to {site}.</source>
        <translation>它不会发给{site}。</translation>
    </message>
    <message>
        <source>it is not written in UTF-8.</source>
        <translation>没有用UTF-8编码。</translation>
    </message>
    <message>
        <source>it is not YAML: {why}.</source>
        <translation>不是YAML：{why}。</translation>
    </message>
    <message>
        <source>It is shown only now. With it you can set a new passphrase; without both all is lost.</source>
        <translation>只显示这一次。有它就能重设密码；密码和恢复码都丢了，数据就找不回来了。</translation>
    </message>
    <message>
        <source>It is something else by now: {why}</source>
        <translation>情况已经变了：{why}</translation>
    </message>
    <message>
        <source>It may have been removed.</source>
        <translation>它可能已被删除。</translation>
    </message>
    <message>
        <source>It opens this vault when the passphrase is forgotten. Keep it away from the computer.</source>
        <translation>忘记密码时，用它打开这个保险库。请与电脑分开存放。</translation>
    </message>
    <message>
        <source>It says in a way that is not known under which site it is kept.</source>
        <translation>它按哪个网站分区保存，写法无法识别。</translation>
    </message>
    <message>
        <source>It works: exit {ip}, {country}, {ms} ms</source>
        <translation>可用：出口{ip}，{country}，{ms} 毫秒</translation>
    </message>
    <message>
        <source>It would be for every site under .{domain}.</source>
        <translation>它会对 .{domain}下的所有网站有效。</translation>
    </message>
    <message>
        <source>Italy</source>
        <translation>意大利</translation>
    </message>
    <message>
        <source>Its date cannot be read.</source>
        <translation>日期无法识别。</translation>
    </message>
    <message>
        <source>Its line does not have seven columns with tabs between.</source>
        <translation>这一行不是用制表符隔开的七列。</translation>
    </message>
    <message>
        <source>Its name begins with __Host-, and that needs Secure, one host alone, and the path /.</source>
        <translation>名称以 __Host- 开头，必须是Secure、只属于一个主机，且路径为 /。</translation>
    </message>
    <message>
        <source>Its name begins with __Secure-, and that needs Secure.</source>
        <translation>名称以 __Secure- 开头，这需要Secure。</translation>
    </message>
    <message>
        <source>Its name or value begins or ends with a space.</source>
        <translation>名称或值的开头或结尾有空格。</translation>
    </message>
    <message>
        <source>Its name, value or path has a character that cookies cannot have.</source>
        <translation>名称、值或路径里有Cookie不能包含的字符。</translation>
    </message>
    <message>
        <source>its page is saved</source>
        <translation>已保存换IP链接</translation>
    </message>
    <message>
        <source>Its page may have done it all the same: check the proxy.</source>
        <translation>也可能已经换好了：请检测一下这个代理。</translation>
    </message>
    <message>
        <source>its passphrase is wrong, or it is locked in OpenSSH's own form, which `ssh-keygen -p -m PKCS8 -f FILE` rewrites.</source>
        <translation>密码不对，或者被OpenSSH自己的格式锁定，可用`ssh-keygen -p -m PKCS8 -f FILE`转换。</translation>
    </message>
    <message>
        <source>Its path does not begin with a slash.</source>
        <translation>路径没有以斜杠开头。</translation>
    </message>
    <message>
        <source>Its path is longer than browsers allow.</source>
        <translation>路径超过浏览器允许的长度。</translation>
    </message>
    <message>
        <source>Its SameSite is none of Strict, Lax and None.</source>
        <translation>SameSite不是Strict、Lax或None。</translation>
    </message>
    <message>
        <source>Its security sandbox could not start. Debian: sudo apt install chromium-sandbox. Ubuntu 24.04 and newer: use Google Chrome from its .deb.</source>
        <translation>它的安全沙盒无法启动。Debian：sudo apt install chromium-sandbox；Ubuntu 24.04 及以上：请用.deb安装的Google Chrome。</translation>
    </message>
    <message>
        <source>Its {field} is not text.</source>
        <translation>{field}不是文本。</translation>
    </message>
    <message>
        <source>Jamaica</source>
        <translation>牙买加</translation>
    </message>
    <message>
        <source>Japan</source>
        <translation>日本</translation>
    </message>
    <message>
        <source>Jersey</source>
        <translation>泽西岛</translation>
    </message>
    <message>
        <source>Jordan</source>
        <translation>约旦</translation>
    </message>
    <message>
        <source>JSON of extensions</source>
        <translation>扩展的JSON</translation>
    </message>
    <message>
        <source>JSON of Playwright</source>
        <translation>Playwright的JSON</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>Kazakhstan</source>
        <translation>哈萨克斯坦</translation>
    </message>
    <message>
        <source>Keep at most {most} tags.</source>
        <translation>最多保留 {most} 个标签。</translation>
    </message>
    <message>
        <source>Keep at most {most}.</source>
        <translation>最多保留 {most} 个。</translation>
    </message>
    <message>
        <source>Keep the data folder as it is and work with a copy: your own, named with --home, or the pair vault.json and data.db from its folder backups, which Berth makes before upgrades.</source>
        <translation>请保持数据文件夹不动，改用副本：自己备份的那份（命令行加 --home），或其中backups文件夹里成对的vault.json和data.db（泊位升级前自动备份）。</translation>
    </message>
    <message>
        <source>Kenya</source>
        <translation>肯尼亚</translation>
    </message>
    <message>
        <source>Key cannot be used</source>
        <translation>私钥无法使用</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Kiribati</source>
        <translation>基里巴斯</translation>
    </message>
    <message>
        <source>Known</source>
        <translation>已有</translation>
    </message>
    <message>
        <source>known after the first opening</source>
        <translation>首次打开后可知</translation>
    </message>
    <message>
        <source>Korea (North)</source>
        <translation>朝鲜</translation>
    </message>
    <message>
        <source>Korea (South)</source>
        <translation>韩国</translation>
    </message>
    <message>
        <source>Kuwait</source>
        <translation>科威特</translation>
    </message>
    <message>
        <source>Kyrgyzstan</source>
        <translation>吉尔吉斯斯坦</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language and time zone follow the proxy's country and are fixed when the store is first opened. Window size, scale and number of cores are drawn from what this computer can truly show, differ from your other stores, and stay for the store's life. Everything else is the real browser's own. You can look at all of it, and change it, in the tab "Fingerprint".</source>
        <translation>语言和时区跟随代理所在国家，首次打开店铺时固定下来。窗口尺寸、缩放和核心数从这台电脑能真实显示的范围里抽取，与其他店铺不同，并且此后不再变。其余都是真实浏览器自己的。可在「指纹」标签页中查看和修改。</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Languages and time zone come from the exit, which is not known, so no window can be shown.</source>
        <translation>语言和时区要随出口而定，但出口未知，所以无法显示窗口。</translation>
    </message>
    <message>
        <source>Laos</source>
        <translation>老挝</translation>
    </message>
    <message>
        <source>Last check</source>
        <translation>上次检测</translation>
    </message>
    <message>
        <source>Last events</source>
        <translation>最近动态</translation>
    </message>
    <message>
        <source>Last exit</source>
        <translation>上次出口</translation>
    </message>
    <message>
        <source>Last opened</source>
        <translation>上次打开</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Last used {when}</source>
        <translation>最近使用：{when}</translation>
    </message>
    <message>
        <source>Latitude</source>
        <translation>纬度</translation>
    </message>
    <message>
        <source>Latvia</source>
        <translation>拉脱维亚</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>Leave them closed</source>
        <translation>保持关闭</translation>
    </message>
    <message>
        <source>Leave without adding them?</source>
        <translation>不添加就离开？</translation>
    </message>
    <message>
        <source>Leave without saving?</source>
        <translation>不保存就离开？</translation>
    </message>
    <message>
        <source>Lebanon</source>
        <translation>黎巴嫩</translation>
    </message>
    <message>
        <source>Legal entity</source>
        <translation>经营主体</translation>
    </message>
    <message>
        <source>Lesotho</source>
        <translation>莱索托</translation>
    </message>
    <message>
        <source>Less</source>
        <comment>one step down</comment>
        <translation>减少</translation>
    </message>
    <message>
        <source>Liberia</source>
        <translation>利比里亚</translation>
    </message>
    <message>
        <source>Libya</source>
        <translation>利比亚</translation>
    </message>
    <message>
        <source>Licence text</source>
        <translation>许可证全文</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Liechtenstein</source>
        <translation>列支敦士登</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Light or dark colours.</source>
        <translation>浅色或深色。</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Line {number} does not fit.</source>
        <translation>第 {number} 行有误。</translation>
    </message>
    <message>
        <source>Lithuania</source>
        <translation>立陶宛</translation>
    </message>
    <message>
        <source>Location</source>
        <translation>定位</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Lock (Ctrl+L)</source>
        <translation>锁定（Ctrl+L）</translation>
    </message>
    <message>
        <source>Lock when idle</source>
        <translation>闲置时锁定</translation>
    </message>
    <message>
        <source>Login refused</source>
        <translation>认证失败</translation>
    </message>
    <message>
        <source>Logs, without secrets</source>
        <translation>日志，不含密码等机密</translation>
    </message>
    <message>
        <source>Longitude</source>
        <translation>经度</translation>
    </message>
    <message>
        <source>Look again, then decide once more.</source>
        <translation>请再检查一次，然后重新决定。</translation>
    </message>
    <message>
        <source>Look at the browser's own settings for this profile: a permission was changed there.</source>
        <translation>请查看本店铺浏览器自己的设置：那里改过某项权限。</translation>
    </message>
    <message>
        <source>Look at the echo addresses in the settings, under Network.</source>
        <translation>请查看设置「网络」中的查IP网址。</translation>
    </message>
    <message>
        <source>Look at the exits of open windows</source>
        <translation>检查已打开窗口的出口</translation>
    </message>
    <message>
        <source>Look at the page's address in your provider's account, then set the proxy again.</source>
        <translation>请到代理商后台核对换IP网页的地址，然后重新设置代理。</translation>
    </message>
    <message>
        <source>Looked at something sealed</source>
        <translation>查看了加密内容</translation>
    </message>
    <message>
        <source>Looking at the window; it takes some seconds.</source>
        <translation>正在检测窗口，需要几秒钟。</translation>
    </message>
    <message>
        <source>Looks at what sites see in this store's window, in twelve kinds of pages and workers. No store hears of it.</source>
        <translation>检测网站在本店铺窗口里能看到什么，共十二种页面和后台线程。不会惊动任何店铺。</translation>
    </message>
    <message>
        <source>Luxembourg</source>
        <translation>卢森堡</translation>
    </message>
    <message>
        <source>Macau</source>
        <translation>中国澳门</translation>
    </message>
    <message>
        <source>Madagascar</source>
        <translation>马达加斯加</translation>
    </message>
    <message>
        <source>Made: {date}</source>
        <translation>生成日期：{date}</translation>
    </message>
    <message>
        <source>Make a new profile with the value you need.</source>
        <translation>请用需要的值新建一个店铺。</translation>
    </message>
    <message>
        <source>Make another like this…</source>
        <translation>照此新建…</translation>
    </message>
    <message>
        <source>Make another like {name}</source>
        <translation>照「{name}」新建</translation>
    </message>
    <message>
        <source>Make one with `berth init`, or name another folder with --home.</source>
        <translation>请先新建保险库（命令行：`berth init`），或换一个文件夹（命令行加 --home）。</translation>
    </message>
    <message>
        <source>Make room in the field or shorten the text, then insert again.</source>
        <translation>在输入框里腾出空间，或者缩短文字，再插入一次。</translation>
    </message>
    <message>
        <source>Maker of the browser</source>
        <translation>浏览器厂商</translation>
    </message>
    <message>
        <source>Making a vault in a throw-away folder</source>
        <translation>正在临时文件夹中新建保险库</translation>
    </message>
    <message>
        <source>Making the vault…</source>
        <translation>正在新建保险库…</translation>
    </message>
    <message>
        <source>Making {name} from the template {template}</source>
        <translation>正在用模板{template}新建「{name}」</translation>
    </message>
    <message>
        <source>Malawi</source>
        <translation>马拉维</translation>
    </message>
    <message>
        <source>Malaysia</source>
        <translation>马来西亚</translation>
    </message>
    <message>
        <source>Maldives</source>
        <translation>马尔代夫</translation>
    </message>
    <message>
        <source>Mali</source>
        <translation>马里</translation>
    </message>
    <message>
        <source>Malta</source>
        <translation>马耳他</translation>
    </message>
    <message>
        <source>Market</source>
        <translation>市场</translation>
    </message>
    <message>
        <source>Marshall Islands</source>
        <translation>马绍尔群岛</translation>
    </message>
    <message>
        <source>Martinique</source>
        <translation>马提尼克</translation>
    </message>
    <message>
        <source>Mauritania</source>
        <translation>毛里塔尼亚</translation>
    </message>
    <message>
        <source>Mauritius</source>
        <translation>毛里求斯</translation>
    </message>
    <message>
        <source>May reach private networks</source>
        <translation>允许访问内网</translation>
    </message>
    <message>
        <source>May show this computer's own address.</source>
        <translation>可能暴露这台电脑自己的地址。</translation>
    </message>
    <message>
        <source>Mayotte</source>
        <translation>马约特</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Memory and scale</source>
        <translation>内存和缩放</translation>
    </message>
    <message>
        <source>Mend that, or close the window and open it again.</source>
        <translation>请先解决问题，或关闭窗口后重新打开。</translation>
    </message>
    <message>
        <source>Mend the proxy, or set languages and time zone yourself.</source>
        <translation>请修好代理，或自己设定语言和时区。</translation>
    </message>
    <message>
        <source>Mend what is marked ✗, or give the store another proxy: `berth profile set NAME proxy=-`.</source>
        <translation>请处理标了✗的项目，或给店铺换一个代理：`berth profile set NAME proxy=-`。</translation>
    </message>
    <message>
        <source>Mend what is marked ✗, or give the store another proxy: `berth profile set NAME proxy=-`. `berth open NAME --only-this-once` opens it in spite of that, this one time.</source>
        <translation>请处理标了✗的项目，或给店铺换一个代理：`berth profile set NAME proxy=-`。仍要打开的话，可仅本次打开：`berth open NAME --only-this-once`。</translation>
    </message>
    <message>
        <source>Mexico</source>
        <translation>墨西哥</translation>
    </message>
    <message>
        <source>Micronesia</source>
        <translation>密克罗尼西亚</translation>
    </message>
    <message>
        <source>Microsoft Edge</source>
        <translation>Microsoft Edge</translation>
    </message>
    <message>
        <source>Minutes without a key or a click anywhere on this computer until Berth locks; 0 for never.</source>
        <translation>整台电脑多少分钟没有按键和点击后锁定泊位；0 表示从不。</translation>
    </message>
    <message>
        <source>Moldova</source>
        <translation>摩尔多瓦</translation>
    </message>
    <message>
        <source>Monaco</source>
        <translation>摩纳哥</translation>
    </message>
    <message>
        <source>Mongolia</source>
        <translation>蒙古</translation>
    </message>
    <message>
        <source>Montenegro</source>
        <translation>黑山</translation>
    </message>
    <message>
        <source>Montserrat</source>
        <translation>蒙特塞拉特</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More</source>
        <comment>one step up</comment>
        <translation>增加</translation>
    </message>
    <message>
        <source>More than {most} languages; no browser starts with so many.</source>
        <translation>语言超过 {most} 种；没有浏览器一启动就带这么多。</translation>
    </message>
    <message>
        <source>Morocco</source>
        <translation>摩洛哥</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>动效</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move to the bin</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Moved to the bin</source>
        <translation>已移到回收站</translation>
    </message>
    <message>
        <source>Mozambique</source>
        <translation>莫桑比克</translation>
    </message>
    <message>
        <source>Myanmar (Burma)</source>
        <translation>缅甸</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name a file that holds it with --passphrase-file or BERTH_PASSPHRASE_FILE.</source>
        <translation>请指定存有密码的文件（--passphrase-file或BERTH_PASSPHRASE_FILE）。</translation>
    </message>
    <message>
        <source>Name a file that holds it with --recovery-file.</source>
        <translation>请指定存有恢复码的文件（--recovery-file）。</translation>
    </message>
    <message>
        <source>Name a file that holds it with --{what}-file.</source>
        <translation>请指定存有它的文件（--{what}-file）。</translation>
    </message>
    <message>
        <source>Name a file whose text is the secret.</source>
        <translation>请指定一个文件，其内容就是要用的密码。</translation>
    </message>
    <message>
        <source>Name and hints give different operating systems.</source>
        <translation>自报的名称与提示给出的操作系统不一致。</translation>
    </message>
    <message>
        <source>Name another folder with --pictures.</source>
        <translation>请换一个文件夹（--pictures）。</translation>
    </message>
    <message>
        <source>Name one such as www.example.com.</source>
        <translation>请写成www.example.com这样。</translation>
    </message>
    <message>
        <source>Name the site, such as --host www.example.com.</source>
        <translation>请写明网站，例如 --host www.example.com。</translation>
    </message>
    <message>
        <source>Name, hints and the browser itself give one version: {version}.</source>
        <translation>自报名称、提示和浏览器本身的版本一致：{version}。</translation>
    </message>
    <message>
        <source>Namibia</source>
        <translation>纳米比亚</translation>
    </message>
    <message>
        <source>Nauru</source>
        <translation>瑙鲁</translation>
    </message>
    <message>
        <source>Nepal</source>
        <translation>尼泊尔</translation>
    </message>
    <message>
        <source>Netherlands</source>
        <translation>荷兰</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>永不到期</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Never, or a day such as {day}</source>
        <translation>永不到期，或日期，例如{day}</translation>
    </message>
    <message>
        <source>New address</source>
        <translation>换IP</translation>
    </message>
    <message>
        <source>New address: {now} (before: {before})</source>
        <translation>新IP:{now}（原来：{before}）</translation>
    </message>
    <message>
        <source>New Caledonia</source>
        <translation>新喀里多尼亚</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新密码</translation>
    </message>
    <message>
        <source>New proxy</source>
        <translation>新建代理</translation>
    </message>
    <message>
        <source>New store</source>
        <translation>新建店铺</translation>
    </message>
    <message>
        <source>New Zealand</source>
        <translation>新西兰</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Next store</source>
        <translation>下一个店铺</translation>
    </message>
    <message>
        <source>Nicaragua</source>
        <translation>尼加拉瓜</translation>
    </message>
    <message>
        <source>Niger</source>
        <translation>尼日尔</translation>
    </message>
    <message>
        <source>Nigeria</source>
        <translation>尼日利亚</translation>
    </message>
    <message>
        <source>Niue</source>
        <translation>纽埃</translation>
    </message>
    <message>
        <source>No account, no telemetry: everything stays on this computer, encrypted. Berth goes to the network only for your stores, and to see where a proxy comes out.</source>
        <translation>不用注册，不收集任何使用数据：一切都加密保存在这台电脑上。泊位只为店铺联网，以及查看代理的出口在哪里。</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>No browser found: install Google Chrome, Microsoft Edge, Chromium or Brave.</source>
        <translation>没有找到浏览器：请安装Google Chrome、Microsoft Edge、Chromium或Brave。</translation>
    </message>
    <message>
        <source>No Chrome, Edge, Chromium or Brave was found on this machine.</source>
        <translation>这台电脑上没有找到Chrome、Edge、Chromium或Brave。</translation>
    </message>
    <message>
        <source>No cookies can be read from this.</source>
        <translation>从中读不出任何Cookie。</translation>
    </message>
    <message>
        <source>No echo page answered the window through its relay.</source>
        <translation>窗口经中转访问查IP网页，没有一个有响应。</translation>
    </message>
    <message>
        <source>No echo page answered with an address, so the exit of this profile is not known.</source>
        <translation>没有一个查IP网页返回地址，因此不知道这家店铺的出口。</translation>
    </message>
    <message>
        <source>No extension controls proxy, WebRTC or DNS.</source>
        <translation>没有扩展控制代理、WebRTC或DNS。</translation>
    </message>
    <message>
        <source>No key fits "{text}"</source>
        <translation>没有匹配“{text}”的快捷键</translation>
    </message>
    <message>
        <source>no MMDB file</source>
        <translation>不是MMDB文件</translation>
    </message>
    <message>
        <source>No more than this computer has</source>
        <translation>不能超过这台电脑的核心数</translation>
    </message>
    <message>
        <source>No other store has the same languages, time zone, scale and cores.</source>
        <translation>没有其他店铺的语言、时区、缩放和核心数与它相同。</translation>
    </message>
    <message>
        <source>No page can find a script that drives it falsely.</source>
        <translation>网页看到的操控者与实际相符。</translation>
    </message>
    <message>
        <source>No page that changes the address is saved with {name}.</source>
        <translation>{name}没有保存换IP网页。</translation>
    </message>
    <message>
        <source>No policy controls proxy, WebRTC or DNS.</source>
        <translation>没有策略控制代理、WebRTC或DNS。</translation>
    </message>
    <message>
        <source>No printer was found.</source>
        <translation>没有找到打印机。</translation>
    </message>
    <message>
        <source>No proxy expires soon</source>
        <translation>没有即将到期的代理</translation>
    </message>
    <message>
        <source>No proxy fits "{text}"</source>
        <translation>没有匹配“{text}”的代理</translation>
    </message>
    <message>
        <source>No proxy yet</source>
        <translation>还没有代理</translation>
    </message>
    <message>
        <source>No proxy: stores see this computer's own address, and the same one for every direct store.</source>
        <translation>没有代理：店铺用这台电脑自己的地址，所有直连店铺都是同一个地址。</translation>
    </message>
    <message>
        <source>No proxy: stores see this computer's own address.</source>
        <translation>没有代理：店铺用的是这台电脑自己的地址。</translation>
    </message>
    <message>
        <source>No saved proxy has this name.</source>
        <translation>没有保存过这个名称的代理。</translation>
    </message>
    <message>
        <source>No setting fits "{text}"</source>
        <translation>没有匹配“{text}”的设置</translation>
    </message>
    <message>
        <source>No store fits "{text}"</source>
        <translation>没有匹配“{text}”的店铺</translation>
    </message>
    <message>
        <source>No store goes through it.</source>
        <translation>没有店铺用它。</translation>
    </message>
    <message>
        <source>No store has the number {number}</source>
        <translation>没有序号为 {number} 的店铺</translation>
    </message>
    <message>
        <source>No store here</source>
        <translation>这里没有店铺</translation>
    </message>
    <message>
        <source>No store yet</source>
        <translation>还没有店铺</translation>
    </message>
    <message>
        <source>No text field has the focus in this window.</source>
        <translation>这个窗口里没有光标所在的输入框。</translation>
    </message>
    <message>
        <source>No window is open</source>
        <translation>没有打开的窗口</translation>
    </message>
    <message>
        <source>No window is open.</source>
        <translation>没有打开的窗口。</translation>
    </message>
    <message>
        <source>No window was put to sleep.</source>
        <translation>没有窗口需要休眠。</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Noise differs for each store, and can be seen as noise</source>
        <translation>噪声每店不同，但可能被识别出来</translation>
    </message>
    <message>
        <source>Noise of this store's own</source>
        <translation>本店专属噪声</translation>
    </message>
    <message>
        <source>Noise on canvas or audio can be measured in {where}.</source>
        <translation>画布或音频的噪声能被测出来，出现在{where}。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>none seen yet</source>
        <translation>还没有见过</translation>
    </message>
    <message>
        <source>Norfolk Island</source>
        <translation>诺福克岛</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>North Macedonia</source>
        <translation>北马其顿</translation>
    </message>
    <message>
        <source>Northern Mariana Islands</source>
        <translation>北马里亚纳群岛</translation>
    </message>
    <message>
        <source>Norway</source>
        <translation>挪威</translation>
    </message>
    <message>
        <source>Not checked yet</source>
        <translation>尚未检测</translation>
    </message>
    <message>
        <source>Not every cookie was put into {name}</source>
        <translation>有些Cookie没能放入{name}</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>尚未得知</translation>
    </message>
    <message>
        <source>Not let through, or failed</source>
        <translation>未放行，或失败</translation>
    </message>
    <message>
        <source>Not open</source>
        <translation>未打开</translation>
    </message>
    <message>
        <source>Not opened. Nothing has reached the store.</source>
        <translation>未打开。没有任何请求到达店铺。</translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation>连不上</translation>
    </message>
    <message>
        <source>Not saved yet…</source>
        <translation>尚未保存…</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>空值</translation>
    </message>
    <message>
        <source>Nothing crossed between the two windows.</source>
        <translation>两个窗口之间什么都没有串。</translation>
    </message>
    <message>
        <source>Nothing has happened that needs you.</source>
        <translation>没有需要处理的事。</translation>
    </message>
    <message>
        <source>Nothing is wrong</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>Nothing refers to a row that is missing.</source>
        <translation>没有数据指向缺失的记录。</translation>
    </message>
    <message>
        <source>Nothing to change was given.</source>
        <translation>没有写要改什么。</translation>
    </message>
    <message>
        <source>Nothing was changed. Correct the value and try again.</source>
        <translation>数据未变。请改正后重试。</translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation>暂无记录。</translation>
    </message>
    <message>
        <source>Now: {proxy}. Leave this empty to keep it.</source>
        <translation>当前：{proxy}。留空则不变。</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Off: opens all the same; pages fail until the proxy answers</source>
        <translation>关闭后仍会打开；代理恢复前网页打不开</translation>
    </message>
    <message>
        <source>Oman</source>
        <translation>阿曼</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>One a line, in any form; at most {count} lines at once.</source>
        <translation>每行一个，写法不限；一次最多 {count} 行。</translation>
    </message>
    <message>
        <source>One address a line</source>
        <translation>每行一个网址</translation>
    </message>
    <message>
        <source>One of the words holds bytes that are not UTF-8 text.</source>
        <translation>有一个参数含有不是UTF-8文字的字节。</translation>
    </message>
    <message>
        <source>Only for proxies that keep theirs</source>
        <translation>只适合固定IP的代理</translation>
    </message>
    <message>
        <source>Only Linux can give a browser a network of its own.</source>
        <translation>只有Linux能给浏览器单独隔出一个网络。</translation>
    </message>
    <message>
        <source>Only this once</source>
        <translation>仅本次打开</translation>
    </message>
    <message>
        <source>Only {fit} of {count} stores can have an unused proxy that fits.</source>
        <translation>{count}家店铺中只有{fit}家能分到合适的未使用代理。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message numerus="yes">
        <source>Open %n window(s)?</source>
        <translation><numerusform>打开 %n 个窗口？</numerusform></translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Open Berth to see why.</source>
        <translation>请打开泊位查看原因。</translation>
    </message>
    <message>
        <source>Open for a script…</source>
        <translation>为脚本打开…</translation>
    </message>
    <message>
        <source>Open it again; nothing was changed.</source>
        <translation>请重新打开；数据未变。</translation>
    </message>
    <message>
        <source>Open that page in it, then try again.</source>
        <translation>请在窗口中打开那个网页，然后重试。</translation>
    </message>
    <message>
        <source>Open the chosen store, or bring its window to the front</source>
        <translation>打开所选店铺，或前置它的窗口</translation>
    </message>
    <message>
        <source>Open the store again; its logins are kept.</source>
        <translation>请重新打开店铺；登录状态都还在。</translation>
    </message>
    <message>
        <source>Open the store, then try again.</source>
        <translation>打开店铺，再试一次。</translation>
    </message>
    <message>
        <source>Open this group</source>
        <translation>打开本组</translation>
    </message>
    <message>
        <source>Open · front · close</source>
        <translation>打开·前置·关闭</translation>
    </message>
    <message>
        <source>Open, or bring to front</source>
        <translation>打开或前置</translation>
    </message>
    <message>
        <source>Opened for a script</source>
        <translation>为脚本打开</translation>
    </message>
    <message>
        <source>Opening {name} behind {proxy}</source>
        <translation>正在经{proxy}打开「{name}」</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Opens in spite of what is red; kept in the history.</source>
        <translation>检测未通过也打开；会记入历史。</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>操作系统</translation>
    </message>
    <message>
        <source>or</source>
        <translation>或</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>橙色</translation>
    </message>
    <message>
        <source>Other saved proxies with the same exit: {count}.</source>
        <translation>出口相同的其他代理：{count}个。</translation>
    </message>
    <message>
        <source>Other users may look into {folder}: chmod 700 it.</source>
        <translation>其他用户能看到{folder}：请把权限设为chmod 700。</translation>
    </message>
    <message>
        <source>Others may enter the folder {folder}, and it holds other things.</source>
        <translation>其他人能进入文件夹{folder}，里面还有别的东西。</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Pages are told another place than the one that was set.</source>
        <translation>网页得到的位置与设定的不同。</translation>
    </message>
    <message>
        <source>Pages can see that noise is on: {names} are not the browser's own.</source>
        <translation>网页看得出开了噪声：{names}不是浏览器自带的。</translation>
    </message>
    <message>
        <source>Pages look larger or smaller.</source>
        <translation>网页会显得大一些或小一些。</translation>
    </message>
    <message>
        <source>Pages see a driver that should not be there: {seen}.</source>
        <translation>网页看到了不该有的操控者：{seen}。</translation>
    </message>
    <message>
        <source>Pages that answer with the address they were asked from; tried in turn before a window opens.</source>
        <translation>会返回访问者IP的网页；打开窗口前依次尝试。</translation>
    </message>
    <message>
        <source>Pages were changed: {faults}.</source>
        <translation>有数据页被改动：{faults}。</translation>
    </message>
    <message>
        <source>Pakistan</source>
        <translation>巴基斯坦</translation>
    </message>
    <message>
        <source>Palau</source>
        <translation>帕劳</translation>
    </message>
    <message>
        <source>Palestine</source>
        <translation>巴勒斯坦</translation>
    </message>
    <message>
        <source>Panama</source>
        <translation>巴拿马</translation>
    </message>
    <message>
        <source>Papua New Guinea</source>
        <translation>巴布亚新几内亚</translation>
    </message>
    <message>
        <source>Paraguay</source>
        <translation>巴拉圭</translation>
    </message>
    <message>
        <source>Parts and their licences</source>
        <translation>各组成部分及其许可证</translation>
    </message>
    <message>
        <source>Parts of the settings</source>
        <translation>设置分类</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Paste a proxy in any form, or choose a saved one</source>
        <translation>粘贴任意写法的代理，或选择已保存的</translation>
    </message>
    <message>
        <source>Paste a proxy, or type "direct" to go without one.</source>
        <translation>粘贴代理；不用代理请填direct。</translation>
    </message>
    <message>
        <source>Paste a proxy.</source>
        <translation>请粘贴代理。</translation>
    </message>
    <message>
        <source>Paste it by hand, or click into another field.</source>
        <translation>请手动粘贴，或者点进另一个输入框。</translation>
    </message>
    <message>
        <source>Paste it in any form: host:port:user:password, a URL, …</source>
        <translation>写法不限：地址:端口:用户名:密码、网址…</translation>
    </message>
    <message>
        <source>Path of an MMDB file of your own, such as GeoLite2 or DB-IP Lite. Empty: Berth's own list.</source>
        <translation>你自己的MMDB文件的路径，例如GeoLite2或DB-IP Lite。留空则用泊位自带的列表。</translation>
    </message>
    <message>
        <source>Peru</source>
        <translation>秘鲁</translation>
    </message>
    <message>
        <source>Philippines</source>
        <translation>菲律宾</translation>
    </message>
    <message>
        <source>Pictures:</source>
        <translation>图片：</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>粉色</translation>
    </message>
    <message>
        <source>Pitcairn</source>
        <translation>皮特凯恩群岛</translation>
    </message>
    <message>
        <source>Platform</source>
        <translation>平台</translation>
    </message>
    <message>
        <source>Platform · market</source>
        <translation>平台·市场</translation>
    </message>
    <message>
        <source>Playwright's driver does not run, so no window opens. Debian: apt install libatomic1.</source>
        <translation>Playwright驱动无法运行，因此打不开窗口。Debian：apt install libatomic1。</translation>
    </message>
    <message>
        <source>Playwright's driver runs ({version}).</source>
        <translation>Playwright驱动正常（{version}）。</translation>
    </message>
    <message>
        <source>Plugins</source>
        <translation>浏览器组件</translation>
    </message>
    <message>
        <source>Poland</source>
        <translation>波兰</translation>
    </message>
    <message>
        <source>Policies of this machine control proxy, WebRTC or DNS: {names}.</source>
        <translation>这台电脑的策略控制了代理、WebRTC或DNS：{names}。</translation>
    </message>
    <message>
        <source>Portugal</source>
        <translation>葡萄牙</translation>
    </message>
    <message>
        <source>Price</source>
        <translation>价格</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>Private address</source>
        <translation>内网地址</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>Private networks</source>
        <translation>内网</translation>
    </message>
    <message>
        <source>Processor cores</source>
        <translation>处理器核心</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Provider</source>
        <translation>代理商</translation>
    </message>
    <message>
        <source>Provider of all</source>
        <translation>统一代理商</translation>
    </message>
    <message>
        <source>Proxies</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Proxies from a file</source>
        <translation>从文件导入代理</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Proxy expires</source>
        <translation>代理到期</translation>
    </message>
    <message>
        <source>Proxy expiring</source>
        <translation>代理将到期</translation>
    </message>
    <message>
        <source>Proxy: {name}</source>
        <translation>代理：{name}</translation>
    </message>
    <message>
        <source>Public address only</source>
        <translation>仅公网地址</translation>
    </message>
    <message>
        <source>public address only</source>
        <translation>仅公网地址</translation>
    </message>
    <message>
        <source>Puerto Rico</source>
        <translation>波多黎各</translation>
    </message>
    <message>
        <source>Purple</source>
        <translation>紫色</translation>
    </message>
    <message numerus="yes">
        <source>Put %n cookie(s) into {name}?</source>
        <translation><numerusform>把 %n 个Cookie导入{name}？</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Put %n store(s) into a group</source>
        <translation><numerusform>将 %n 家店铺放进分组</numerusform></translation>
    </message>
    <message>
        <source>Put cookies in or cleared them</source>
        <translation>导入或清除了Cookie</translation>
    </message>
    <message>
        <source>Put into a group…</source>
        <translation>放进分组…</translation>
    </message>
    <message>
        <source>Put it into one of your groups, or ask the owner of this vault.</source>
        <translation>请把它放进自己能看的分组，或联系保险库所有者。</translation>
    </message>
    <message>
        <source>Put it into the environment variable {name}, then:</source>
        <translation>先放进环境变量{name}，然后：</translation>
    </message>
    <message>
        <source>Qatar</source>
        <translation>卡塔尔</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Quit, leave them open</source>
        <translation>退出，窗口不关</translation>
    </message>
    <message>
        <source>Read as</source>
        <translation>识别为</translation>
    </message>
    <message>
        <source>Read it again from its beginning.</source>
        <translation>请从头重新读取。</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可添加</translation>
    </message>
    <message>
        <source>real</source>
        <translation>真实</translation>
    </message>
    <message>
        <source>Real, as on this computer</source>
        <translation>真实，与这台电脑相同</translation>
    </message>
    <message>
        <source>Real, if the person allows it</source>
        <translation>真实，由使用者允许</translation>
    </message>
    <message>
        <source>real, if the person allows it</source>
        <translation>真实，由使用者允许</translation>
    </message>
    <message>
        <source>Recovery code</source>
        <translation>恢复码</translation>
    </message>
    <message>
        <source>Recovery code for Berth</source>
        <translation>泊位恢复码</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>红色</translation>
    </message>
    <message>
        <source>red</source>
        <translation>未通过</translation>
    </message>
    <message>
        <source>references with * are not allowed.</source>
        <translation>不允许用*引用。</translation>
    </message>
    <message>
        <source>Relay and switches keep this window on its path; the system itself cannot do it here: {why}</source>
        <translation>窗口由中转和启动参数保证只走自己的路径；操作系统在这里做不到：{why}</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n store(s) for good?</source>
        <translation><numerusform>彻底删除 %n 家店铺？</numerusform></translation>
    </message>
    <message>
        <source>Remove a view</source>
        <translation>删除视图</translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation>彻底删除</translation>
    </message>
    <message>
        <source>Remove for good…</source>
        <translation>彻底删除…</translation>
    </message>
    <message>
        <source>Remove it, or set XDG_RUNTIME_DIR to a folder of your own.</source>
        <translation>请删除它，或把XDG_RUNTIME_DIR设为自己的文件夹。</translation>
    </message>
    <message>
        <source>Removed for good</source>
        <translation>已彻底删除</translation>
    </message>
    <message>
        <source>Removed the view {name}</source>
        <translation>已删除视图「{name}」</translation>
    </message>
    <message>
        <source>Removed {count} cookies of {name}.</source>
        <translation>已清除{name}的{count}个Cookie。</translation>
    </message>
    <message>
        <source>Removing stores</source>
        <translation>正在删除店铺</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Rename {name}</source>
        <translation>重命名「{name}」</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Reset columns</source>
        <translation>恢复默认列</translation>
    </message>
    <message>
        <source>Responsible</source>
        <translation>负责人</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message numerus="yes">
        <source>Restore %n window(s)</source>
        <translation><numerusform>恢复上次的 %n 个窗口</numerusform></translation>
    </message>
    <message>
        <source>Restore the profile from a backup, or move that file away to start with fresh browser settings.</source>
        <translation>请从备份恢复店铺，或移走那个文件，让浏览器用全新设置启动。</translation>
    </message>
    <message>
        <source>Restricted</source>
        <translation>受限</translation>
    </message>
    <message>
        <source>Romania</source>
        <translation>罗马尼亚</translation>
    </message>
    <message>
        <source>Row {seq} of the record of acts was changed.</source>
        <translation>操作记录第 {seq} 行被改动过。</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行高</translation>
    </message>
    <message>
        <source>Rows refer to missing ones: {faults}.</source>
        <translation>有数据指向缺失的记录：{faults}。</translation>
    </message>
    <message>
        <source>Run `berth doctor`; the demo's own folder is gone and nothing of yours was touched.</source>
        <translation>请运行`berth doctor`；演示用的文件夹已清除，自己的数据没有动过。</translation>
    </message>
    <message>
        <source>Run the demo inside a desktop session, or install Xvfb: sudo apt install xvfb.</source>
        <translation>请在桌面环境中运行演示，或安装Xvfb：sudo apt install xvfb。</translation>
    </message>
    <message>
        <source>Run this inside a desktop session, or under `xvfb-run -a`.</source>
        <translation>请在桌面环境中运行，或使用`xvfb-run -a`。</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Russia</source>
        <translation>俄罗斯</translation>
    </message>
    <message>
        <source>Rwanda</source>
        <translation>卢旺达</translation>
    </message>
    <message>
        <source>Réunion</source>
        <translation>留尼汪</translation>
    </message>
    <message numerus="yes">
        <source>Same languages, time zone, scale and cores as {names}: a shop cannot tell these profiles apart by them.</source>
        <translation><numerusform>与{names}的语言、时区、缩放和核心数相同：平台无法凭这些区分这几家店铺。</numerusform></translation>
    </message>
    <message>
        <source>Same settings and proxy, a fingerprint combination and a folder of its own. Logins stay behind.</source>
        <translation>设置和代理相同，指纹组合和文件夹是自己的。登录状态不会带过去。</translation>
    </message>
    <message>
        <source>Samoa (American)</source>
        <translation>美属萨摩亚</translation>
    </message>
    <message>
        <source>Samoa (western)</source>
        <translation>萨摩亚</translation>
    </message>
    <message>
        <source>San Marino</source>
        <translation>圣马力诺</translation>
    </message>
    <message>
        <source>Sao Tome &amp; Principe</source>
        <translation>圣多美和普林西比</translation>
    </message>
    <message>
        <source>Saudi Arabia</source>
        <translation>沙特阿拉伯</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save and open</source>
        <translation>保存并打开</translation>
    </message>
    <message>
        <source>Save as PDF…</source>
        <translation>存为PDF…</translation>
    </message>
    <message>
        <source>Save in a drawer</source>
        <translation>在侧栏中保存</translation>
    </message>
    <message>
        <source>Save it again from the list.</source>
        <translation>请从列表重新保存。</translation>
    </message>
    <message>
        <source>Save the code as a PDF and print that, or write it down.</source>
        <translation>请把恢复码存为PDF再打印，或抄写下来。</translation>
    </message>
    <message>
        <source>Save this view</source>
        <translation>保存此视图</translation>
    </message>
    <message>
        <source>Save this view…</source>
        <translation>保存此视图…</translation>
    </message>
    <message>
        <source>Save your recovery code</source>
        <translation>保存恢复码</translation>
    </message>
    <message>
        <source>Save, then the next</source>
        <translation>保存并新建下一个</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>Saved already as {name}</source>
        <translation>已保存为「{name}」</translation>
    </message>
    <message>
        <source>Saved proxies</source>
        <translation>已保存的代理</translation>
    </message>
    <message>
        <source>Saved the view {name}</source>
        <translation>已保存视图「{name}」</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存「{name}」</translation>
    </message>
    <message>
        <source>saved, encrypted</source>
        <translation>已加密保存</translation>
    </message>
    <message>
        <source>Saved: {file}</source>
        <translation>已保存：{file}</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Say how they are meant with `--order address-first` or `--order login-first`.</source>
        <translation>用`--order address-first`（先地址）或`--order login-first`（先登录信息）说明该怎么读。</translation>
    </message>
    <message>
        <source>Say which one by its number, such as #{number}.</source>
        <translation>请写明序号，例如#{number}。</translation>
    </message>
    <message>
        <source>Say why with --reason and try again.</source>
        <translation>请写明原因（--reason）后重试。</translation>
    </message>
    <message>
        <source>Say why; it is kept in the history.</source>
        <translation>请写明原因，会记入历史。</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>脚本</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search commands and keys</source>
        <translation>搜索命令和快捷键</translation>
    </message>
    <message>
        <source>Search for less, or choose fewer profiles.</source>
        <translation>请缩小搜索范围，或少选几家店铺。</translation>
    </message>
    <message>
        <source>Search proxies: name, address, user, provider, exit, country…</source>
        <translation>搜索代理：名称、地址、用户名、代理商、出口、国家…</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Search stores: name, pinyin, number, market, tag, address…</source>
        <translation>搜索店铺：名称、拼音、序号、市场、标签、地址…</translation>
    </message>
    <message>
        <source>Search this page</source>
        <translation>在本页搜索</translation>
    </message>
    <message>
        <source>Seconds between two looks; a window whose exit has gone astray is held back. 0: never.</source>
        <translation>两次检查之间的秒数；出口不对的窗口会被暂停。设为 0 则不检查。</translation>
    </message>
    <message>
        <source>Seconds that a command waits while another Berth command has the vault open.</source>
        <translation>另一条泊位命令占用保险库时，最多等待的秒数。</translation>
    </message>
    <message>
        <source>Seconds that a proxy has to answer before the window is not opened.</source>
        <translation>代理超过多少秒没有响应，就不打开窗口。</translation>
    </message>
    <message>
        <source>See the demo</source>
        <translation>看演示</translation>
    </message>
    <message>
        <source>See whether the private key is still where the proxy says.</source>
        <translation>看看私钥是否还在代理里写的位置。</translation>
    </message>
    <message>
        <source>See whether the provider must first allow the address of this computer.</source>
        <translation>请看代理商是否要先放行这台电脑的地址。</translation>
    </message>
    <message>
        <source>See with your provider whether the proxy is running and paid.</source>
        <translation>请向代理商核对：代理是否在运行，有没有欠费。</translation>
    </message>
    <message>
        <source>Seen: {value}</source>
        <translation>实际：{value}</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Select none</source>
        <translation>取消全选</translation>
    </message>
    <message>
        <source>Selected proxies</source>
        <translation>所选代理</translation>
    </message>
    <message>
        <source>Selected stores</source>
        <translation>所选店铺</translation>
    </message>
    <message>
        <source>Senegal</source>
        <translation>塞内加尔</translation>
    </message>
    <message>
        <source>Serbia</source>
        <translation>塞尔维亚</translation>
    </message>
    <message>
        <source>Server key</source>
        <translation>服务器密钥</translation>
    </message>
    <message>
        <source>Set canvas and audio to "real" where a store must not notice it.</source>
        <translation>如果不能让店铺察觉，请把画布和音频设为“真实”。</translation>
    </message>
    <message>
        <source>Set passphrase and unlock</source>
        <translation>设置密码并解锁</translation>
    </message>
    <message>
        <source>Set the proxy again with that page behind it: host:port:user:password[https://…].</source>
        <translation>重新设置代理，把网页写在密码后面：host:port:user:password[https://…]。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Seychelles</source>
        <translation>塞舌尔</translation>
    </message>
    <message>
        <source>Shops expect the language of their market.</source>
        <translation>平台希望看到所在市场的语言。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message numerus="yes">
        <source>Show %n green line(s)</source>
        <translation><numerusform>展开 %n 条绿色结果</numerusform></translation>
    </message>
    <message>
        <source>Show Berth</source>
        <translation>显示泊位</translation>
    </message>
    <message>
        <source>Show the bin</source>
        <translation>显示回收站</translation>
    </message>
    <message>
        <source>Show the note</source>
        <translation>显示备注</translation>
    </message>
    <message>
        <source>Show the pane</source>
        <translation>显示右栏</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>查看报告</translation>
    </message>
    <message>
        <source>Sierra Leone</source>
        <translation>塞拉利昂</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>已登录</translation>
    </message>
    <message>
        <source>Signing in as {customer} in {name}</source>
        <translation>正在「{name}」中以{customer}登录</translation>
    </message>
    <message>
        <source>Singapore</source>
        <translation>新加坡</translation>
    </message>
    <message>
        <source>Site not reached</source>
        <translation>网站没有连上</translation>
    </message>
    <message>
        <source>Sites learn a place only as the settings say.</source>
        <translation>网站只能按设置得到位置。</translation>
    </message>
    <message>
        <source>Sites may learn where this computer is.</source>
        <translation>网站可能得知这台电脑的位置。</translation>
    </message>
    <message>
        <source>Slovakia</source>
        <translation>斯洛伐克</translation>
    </message>
    <message>
        <source>Slovenia</source>
        <translation>斯洛文尼亚</translation>
    </message>
    <message>
        <source>Solomon Islands</source>
        <translation>所罗门群岛</translation>
    </message>
    <message>
        <source>Somalia</source>
        <translation>索马里</translation>
    </message>
    <message>
        <source>Something crossed:</source>
        <translation>有内容串了：</translation>
    </message>
    <message>
        <source>Something in Berth itself went wrong while the store was opened; it was not opened.</source>
        <translation>打开店铺时泊位自身出错，店铺未打开。</translation>
    </message>
    <message>
        <source>Something in Berth itself went wrong, so this was not done.</source>
        <translation>泊位自身出错，此操作未完成。</translation>
    </message>
    <message>
        <source>Something in Berth went wrong</source>
        <translation>泊位出错了</translation>
    </message>
    <message>
        <source>South Africa</source>
        <translation>南非</translation>
    </message>
    <message>
        <source>South Georgia &amp; the South Sandwich Islands</source>
        <translation>南乔治亚和南桑威奇群岛</translation>
    </message>
    <message>
        <source>South Sudan</source>
        <translation>南苏丹</translation>
    </message>
    <message>
        <source>Spain</source>
        <translation>西班牙</translation>
    </message>
    <message>
        <source>Sri Lanka</source>
        <translation>斯里兰卡</translation>
    </message>
    <message>
        <source>St Barthelemy</source>
        <translation>圣巴泰勒米</translation>
    </message>
    <message>
        <source>St Helena</source>
        <translation>圣赫勒拿</translation>
    </message>
    <message>
        <source>St Kitts &amp; Nevis</source>
        <translation>圣基茨和尼维斯</translation>
    </message>
    <message>
        <source>St Lucia</source>
        <translation>圣卢西亚</translation>
    </message>
    <message>
        <source>St Maarten (Dutch)</source>
        <translation>荷属圣马丁</translation>
    </message>
    <message>
        <source>St Martin (French)</source>
        <translation>法属圣马丁</translation>
    </message>
    <message>
        <source>St Pierre &amp; Miquelon</source>
        <translation>圣皮埃尔和密克隆群岛</translation>
    </message>
    <message>
        <source>St Vincent</source>
        <translation>圣文森特和格林纳丁斯</translation>
    </message>
    <message>
        <source>Stable</source>
        <translation>稳定版</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Standard input holds no proxy.</source>
        <translation>标准输入中没有代理。</translation>
    </message>
    <message>
        <source>Start it with `berth gui` on its own.</source>
        <translation>请单独运行`berth gui`启动。</translation>
    </message>
    <message>
        <source>Start pages</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>Start the browser once by itself; if that fails too, install it again.</source>
        <translation>请单独启动一次浏览器；如果也失败，请重新安装。</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Stay in the tray</source>
        <translation>留在托盘</translation>
    </message>
    <message>
        <source>Stays shut</source>
        <translation>阻止打开</translation>
    </message>
    <message>
        <source>Step {number} ({name}) of the vault's upgrade failed.</source>
        <translation>保险库升级的第 {number} 步（{name}）失败。</translation>
    </message>
    <message>
        <source>Step {number} of 3</source>
        <translation>第 {number} 步，共 3 步</translation>
    </message>
    <message>
        <source>Still {now}. It may take a minute; check it again.</source>
        <translation>仍然是{now}。可能要等一分钟，请再检测一次。</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>店铺</translation>
    </message>
    <message>
        <source>Stores</source>
        <translation>店铺</translation>
    </message>
    <message>
        <source>Stores and proxies</source>
        <translation>店铺和代理</translation>
    </message>
    <message>
        <source>Stores have seen it; a change asks for a reason.</source>
        <translation>店铺已见过这项；修改需要写明原因。</translation>
    </message>
    <message>
        <source>Stores on this computer share one graphics card, canvas and set of fonts.</source>
        <translation>本机各店的画布、显卡、字体相同。</translation>
    </message>
    <message>
        <source>Stores on this computer share what is real: graphics card, fonts, screen. Berth never pretends another one, because such a lie contradicts itself somewhere.</source>
        <translation>真实的部分本机各店相同：显卡、字体、屏幕。泊位绝不伪造，因为谎言总会在某处自相矛盾。</translation>
    </message>
    <message>
        <source>Stores see another browser than the last time: {seen}, before it was {expected}.</source>
        <translation>店铺看到的浏览器与上次不同：现在是{seen}，之前是{expected}。</translation>
    </message>
    <message>
        <source>Stores that must never be linked need different computers.</source>
        <translation>绝不能被关联的店铺，请用不同的电脑。</translation>
    </message>
    <message>
        <source>Stores that you do not see came out at this address: {count}.</source>
        <translation>你看不到的店铺里，有{count}家用过这个地址。</translation>
    </message>
    <message>
        <source>Sudan</source>
        <translation>苏丹</translation>
    </message>
    <message>
        <source>Suriname</source>
        <translation>苏里南</translation>
    </message>
    <message>
        <source>Svalbard &amp; Jan Mayen</source>
        <translation>斯瓦尔巴和扬马延</translation>
    </message>
    <message>
        <source>Sweden</source>
        <translation>瑞典</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>切换浅色和深色</translation>
    </message>
    <message>
        <source>Switch between normal and compact rows</source>
        <translation>切换标准和紧凑行高</translation>
    </message>
    <message>
        <source>Switch between 中文 and English</source>
        <translation>切换中文和English</translation>
    </message>
    <message>
        <source>Switzerland</source>
        <translation>瑞士</translation>
    </message>
    <message>
        <source>Syria</source>
        <translation>叙利亚</translation>
    </message>
    <message>
        <source>Tables and indexes agree.</source>
        <translation>表与索引一致。</translation>
    </message>
    <message>
        <source>Tables and indexes disagree: {faults}.</source>
        <translation>表与索引不一致：{faults}。</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Taiwan</source>
        <translation>中国台湾</translation>
    </message>
    <message>
        <source>Tajikistan</source>
        <translation>塔吉克斯坦</translation>
    </message>
    <message>
        <source>Takes the exit as it is now for the right one; kept in the history.</source>
        <translation>把现在的出口当作正确的出口；会记入历史。</translation>
    </message>
    <message>
        <source>Tanzania</source>
        <translation>坦桑尼亚</translation>
    </message>
    <message>
        <source>Teal</source>
        <translation>青色</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>检测中…</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Text and tables</source>
        <translation>文本和表格</translation>
    </message>
    <message>
        <source>Text on a canvas</source>
        <translation>画布上的文字</translation>
    </message>
    <message>
        <source>Thailand</source>
        <translation>泰国</translation>
    </message>
    <message>
        <source>Than the last time, or than at the opening</source>
        <translation>与上次或打开时相比</translation>
    </message>
    <message>
        <source>That is not the last group of this code.</source>
        <translation>这不是恢复码的最后一组。</translation>
    </message>
    <message>
        <source>The accuracy {value} is not between 1 and 100000 metres.</source>
        <translation>精度{value}不在 1 到 100000 米之间。</translation>
    </message>
    <message>
        <source>The address has {count} characters, more than {most}.</source>
        <translation>网址有 {count} 个字符，超过 {most} 个。</translation>
    </message>
    <message>
        <source>The address holds a space or a control character.</source>
        <translation>网址含有空格或控制字符。</translation>
    </message>
    <message>
        <source>The address holds a user name or password.</source>
        <translation>网址含有用户名或密码。</translation>
    </message>
    <message>
        <source>The address in square brackets is no URL.</source>
        <translation>方括号里的地址不是网址。</translation>
    </message>
    <message>
        <source>The address of the page that changes the IP is no URL.</source>
        <translation>换IP网页的地址不是网址。</translation>
    </message>
    <message>
        <source>The address was to change, but {name} does not answer now: {why}</source>
        <translation>已请求更换IP，但{name}现在没有回应：{why}</translation>
    </message>
    <message>
        <source>The best that is found</source>
        <translation>自动选择最合适的</translation>
    </message>
    <message>
        <source>The bin is empty</source>
        <translation>回收站是空的</translation>
    </message>
    <message>
        <source>The browser at {path} cannot be started.</source>
        <translation>浏览器{path}无法启动。</translation>
    </message>
    <message>
        <source>The browser cannot start its sandbox. Debian: apt install chromium-sandbox. Ubuntu: use Google Chrome from its own package.</source>
        <translation>浏览器无法启动沙盒。Debian：apt install chromium-sandbox；Ubuntu：请用Google Chrome官方安装包。</translation>
    </message>
    <message>
        <source>The browser did not answer within {seconds} seconds ({engine}).</source>
        <translation>浏览器在 {seconds} 秒内没有响应（{engine}）。</translation>
    </message>
    <message>
        <source>The browser does not go through its relay; something on this machine redirects it.</source>
        <translation>浏览器没有走它的中转；这台电脑上有程序改了它的去向。</translation>
    </message>
    <message>
        <source>The browser ended before its window was ready ({engine}, code {code}).</source>
        <translation>浏览器在窗口就绪前就退出了（{engine}，代码 {code}）。</translation>
    </message>
    <message>
        <source>The browser is not in the network that was made for it.</source>
        <translation>浏览器不在为它隔出的网络里。</translation>
    </message>
    <message>
        <source>The browser of this profile, {wanted}, was not found on this machine.</source>
        <translation>这台电脑上没有找到这家店铺的浏览器{wanted}。</translation>
    </message>
    <message>
        <source>The browser of this store has ended.</source>
        <translation>这家店铺的浏览器已退出。</translation>
    </message>
    <message>
        <source>The browser profile of {name} is in use by process {pid}.</source>
        <translation>「{name}」的浏览器环境正被进程 {pid} 占用。</translation>
    </message>
    <message>
        <source>The browser profile of {name} is in use on the computer {host}.</source>
        <translation>{name}的浏览器环境正在电脑{host}上使用。</translation>
    </message>
    <message>
        <source>The browser refused it.</source>
        <translation>浏览器没有接受。</translation>
    </message>
    <message>
        <source>The browser refused {method} (code {code}).</source>
        <translation>浏览器拒绝了{method}（代码 {code}）。</translation>
    </message>
    <message>
        <source>The browser says it is {seen}, and is {version}.</source>
        <translation>浏览器自称是{seen}，实际是{version}。</translation>
    </message>
    <message>
        <source>The browser shows its real version {seen}.</source>
        <translation>浏览器显示的是真实版本{seen}。</translation>
    </message>
    <message>
        <source>The browser shows version {seen}, it is {expected}.</source>
        <translation>浏览器显示版本{seen}，实际是{expected}。</translation>
    </message>
    <message>
        <source>The browser was updated from {expected} to {seen}; nothing else has changed.</source>
        <translation>浏览器已从{expected}更新到{seen}；其他都没有变。</translation>
    </message>
    <message>
        <source>The browser went back from {expected} to {seen}; an older one may not read what a newer one has stored, and logins may be lost.</source>
        <translation>浏览器从{expected}退回到{seen}；旧版可能读不了新版保存的数据，登录状态可能丢失。</translation>
    </message>
    <message>
        <source>The browser works in a folder of this profile's own.</source>
        <translation>浏览器使用的是本店铺自己的文件夹。</translation>
    </message>
    <message>
        <source>The browser works in another folder than this profile's.</source>
        <translation>浏览器使用的不是本店铺的文件夹。</translation>
    </message>
    <message>
        <source>The browser's own functions are untouched in every context.</source>
        <translation>浏览器自带的函数在各种页面环境里都没被改动。</translation>
    </message>
    <message>
        <source>The browser's own sandbox helper is in force.</source>
        <translation>浏览器自带的沙盒程序已生效。</translation>
    </message>
    <message>
        <source>The browser's own switches keep every window on its proxy instead.</source>
        <translation>改由浏览器自身的启动参数保证每个窗口只走代理。</translation>
    </message>
    <message>
        <source>The browser's own switches keep windows on their proxy; the system itself cannot do it here: {why}</source>
        <translation>窗口只走代理由浏览器自身的启动参数保证；操作系统在这里做不到：{why}</translation>
    </message>
    <message>
        <source>The browser's sandbox is off, because Berth runs as root.</source>
        <translation>泊位以root身份运行，浏览器沙盒已关闭。</translation>
    </message>
    <message>
        <source>The browser's sandbox is on.</source>
        <translation>浏览器沙盒已开启。</translation>
    </message>
    <message>
        <source>The browser's settings file {path} cannot be read, so the store was not opened.</source>
        <translation>浏览器设置文件{path}无法读取，店铺未打开。</translation>
    </message>
    <message>
        <source>The certificate shown for {host} is not trusted.</source>
        <translation>{host}的证书不受信任。</translation>
    </message>
    <message>
        <source>The certificate shown for {name} is not trusted: somebody may be reading along.</source>
        <translation>{name}出示的证书不可信：可能有人在偷看。</translation>
    </message>
    <message>
        <source>The check was ended, because its window was closed.</source>
        <translation>检测窗口被关掉，检测已中止。</translation>
    </message>
    <message>
        <source>The chosen group one place up or down</source>
        <translation>把选中的分组上移或下移一位</translation>
    </message>
    <message>
        <source>The chosen proxy</source>
        <translation>所选代理</translation>
    </message>
    <message>
        <source>The chosen store</source>
        <translation>所选店铺</translation>
    </message>
    <message>
        <source>The computer was asleep; the exit is being looked at before anything leaves.</source>
        <translation>电脑刚从睡眠中恢复；检查出口之前不放行任何数据。</translation>
    </message>
    <message>
        <source>The copy made before the upgrade could not be read back.</source>
        <translation>升级前做的副本无法读回。</translation>
    </message>
    <message>
        <source>The country code of the United Kingdom is GB.</source>
        <translation>英国的国家代码是GB。</translation>
    </message>
    <message>
        <source>The country database named in the settings cannot be read ({why}); Berth's own list is used.</source>
        <translation>设置里的国家数据库无法读取（{why}），现在用的是泊位自带的列表。</translation>
    </message>
    <message>
        <source>The country of the exit {ip} is unknown.</source>
        <translation>出口{ip}的国家未知。</translation>
    </message>
    <message>
        <source>The database is there, but its key file vault.json is missing.</source>
        <translation>数据库还在，但密钥文件vault.json不见了。</translation>
    </message>
    <message>
        <source>The database {file} is empty.</source>
        <translation>数据库{file}是空的。</translation>
    </message>
    <message>
        <source>The demo failed. "berth demo" in a terminal says why.</source>
        <translation>演示失败。在终端运行berth demo可看原因。</translation>
    </message>
    <message>
        <source>The demo has ended: nothing crossed between its two stores.</source>
        <translation>演示结束：两家店铺之间什么都没有串。</translation>
    </message>
    <message>
        <source>The demo opens two windows of its own and closes them again.</source>
        <translation>演示会打开两个自己的窗口，结束后关闭。</translation>
    </message>
    <message>
        <source>The detailed client hints are complete.</source>
        <translation>详细的客户端提示完整。</translation>
    </message>
    <message>
        <source>The disk is full, so nothing was saved in {folder}.</source>
        <translation>磁盘已满，{folder}中什么都没有保存。</translation>
    </message>
    <message>
        <source>The echo page {page} answered, but not with an address.</source>
        <translation>查IP网页{page}有回应，但给的不是IP地址。</translation>
    </message>
    <message>
        <source>The echo page {page} did not answer within {limit} seconds.</source>
        <translation>查IP网页{page}在{limit}秒内没有回应。</translation>
    </message>
    <message>
        <source>The exit has moved from {before} to {now}: it is {seen} now.</source>
        <translation>出口已从{before}移到{now}：现在是{seen}。</translation>
    </message>
    <message>
        <source>The exit is in {seen}, as the store's market.</source>
        <translation>出口在{seen}，与店铺的市场一致。</translation>
    </message>
    <message>
        <source>The exit is in {seen}, but the store is set to {market}.</source>
        <translation>出口在{seen}，店铺设为{market}。</translation>
    </message>
    <message>
        <source>The exit is in {seen}.</source>
        <translation>出口在{seen}。</translation>
    </message>
    <message>
        <source>The exit is the same as before: {seen}.</source>
        <translation>出口与之前相同：{seen}。</translation>
    </message>
    <message>
        <source>The exit is {seen} now, and nobody knows in which country.</source>
        <translation>出口现在是{seen}，无法确定在哪个国家。</translation>
    </message>
    <message>
        <source>The exit is {seen} now; before it was {expected}.</source>
        <translation>出口现在是{seen}；之前是{expected}。</translation>
    </message>
    <message>
        <source>The exit jumped from {before} to {now}, to another country.</source>
        <translation>出口从{before}跳到了{now}，换了国家。</translation>
    </message>
    <message>
        <source>The exit of this window is not the right one any more, so Berth holds its traffic back.</source>
        <translation>这个窗口的出口已经不对，泊位已暂停它的流量。</translation>
    </message>
    <message>
        <source>The exit {ip} answered in {ms} ms.</source>
        <translation>出口{ip}在 {ms} 毫秒内响应。</translation>
    </message>
    <message>
        <source>The field was not found on this page.</source>
        <translation>网页上没有找到这个输入框。</translation>
    </message>
    <message>
        <source>the file</source>
        <translation>整个文件</translation>
    </message>
    <message>
        <source>the file does not open ({why}).</source>
        <translation>文件打不开（{why}）。</translation>
    </message>
    <message>
        <source>The file is a Cookie header, which does not say it. Name the site, such as www.example.com.</source>
        <translation>文件是一行Cookie请求头，里面没有写。请填写网站，例如www.example.com。</translation>
    </message>
    <message>
        <source>the file is empty.</source>
        <translation>文件是空的。</translation>
    </message>
    <message>
        <source>the file is larger than {most} bytes.</source>
        <translation>文件超过 {most} 字节。</translation>
    </message>
    <message>
        <source>The file is longer than what is read at once; the rest was left out.</source>
        <translation>文件太长，一次读不完，后面的没有读。</translation>
    </message>
    <message>
        <source>The file {file} cannot be read: {why}.</source>
        <translation>无法读取文件{file}:{why}。</translation>
    </message>
    <message>
        <source>The file {file} cannot be used: {why}.</source>
        <translation>文件{file}无法使用：{why}。</translation>
    </message>
    <message>
        <source>The first language is missing.</source>
        <translation>缺少第一语言。</translation>
    </message>
    <message>
        <source>The folder {folder} belongs to somebody else.</source>
        <translation>文件夹{folder}属于别的用户。</translation>
    </message>
    <message>
        <source>The geolocation is fixed, but no place is given.</source>
        <translation>定位设为固定，但没有填位置。</translation>
    </message>
    <message>
        <source>The host is neither a name nor an address.</source>
        <translation>主机既不是域名也不是IP地址。</translation>
    </message>
    <message>
        <source>the id {id} is already taken by {other}.</source>
        <translation>id「{id}」已被{other}占用。</translation>
    </message>
    <message>
        <source>the id {id} is not the file's name {name}.</source>
        <translation>id「{id}」与文件名「{name}」不一致。</translation>
    </message>
    <message>
        <source>The internet did not answer within {limit} seconds.</source>
        <translation>网络在 {limit} 秒内没有响应。</translation>
    </message>
    <message>
        <source>The kernel has neither dummy nor veth network links.</source>
        <translation>操作系统既没有dummy网卡，也没有veth网卡。</translation>
    </message>
    <message>
        <source>The key file is as Berth wrote it.</source>
        <translation>密钥文件与泊位写入时一致。</translation>
    </message>
    <message>
        <source>the key {key} is unknown, did you mean {near}?</source>
        <translation>没有「{key}」这个键，是不是「{near}」？</translation>
    </message>
    <message>
        <source>the key {key} is unknown.</source>
        <translation>没有「{key}」这个键。</translation>
    </message>
    <message>
        <source>the key {key} stands twice.</source>
        <translation>键「{key}」出现了两次。</translation>
    </message>
    <message>
        <source>The kind is none that Berth knows.</source>
        <translation>泊位不认识这种类型。</translation>
    </message>
    <message>
        <source>The language of the window program.</source>
        <translation>窗口程序的语言。</translation>
    </message>
    <message>
        <source>The languages are {seen}, saved are {expected}.</source>
        <translation>语言是{seen}，保存的是{expected}。</translation>
    </message>
    <message>
        <source>The languages are {seen}.</source>
        <translation>语言是{seen}。</translation>
    </message>
    <message>
        <source>The languages sent are {seen}.</source>
        <translation>发送的语言是{seen}。</translation>
    </message>
    <message>
        <source>The latitude {value} is not between -90 and 90.</source>
        <translation>纬度{value}不在 -90 到 90 之间。</translation>
    </message>
    <message>
        <source>The list cannot be continued from there.</source>
        <translation>列表无法从那里继续。</translation>
    </message>
    <message>
        <source>The list of licences is missing from this copy of Berth.</source>
        <translation>这份泊位缺少许可证清单。</translation>
    </message>
    <message>
        <source>The longitude {value} is not between -180 and 180.</source>
        <translation>经度{value}不在 -180 到 180 之间。</translation>
    </message>
    <message>
        <source>The name has {count} characters, more than {most}.</source>
        <translation>名称有 {count} 个字符，超过 {most} 个。</translation>
    </message>
    <message>
        <source>The name holds the control character U+{code}.</source>
        <translation>名称含有控制字符U+{code}。</translation>
    </message>
    <message>
        <source>The name is empty.</source>
        <translation>名称为空。</translation>
    </message>
    <message>
        <source>The name {name} is taken.</source>
        <translation>名称「{name}」已被占用。</translation>
    </message>
    <message>
        <source>The new passphrase is in force.</source>
        <translation>新密码已生效。</translation>
    </message>
    <message>
        <source>The note is too long to be saved; shorten it.</source>
        <translation>备注太长，无法保存；请缩短。</translation>
    </message>
    <message>
        <source>The number {number} belongs to another profile.</source>
        <translation>序号 {number} 已属于另一家店铺。</translation>
    </message>
    <message>
        <source>The opening of this store was interrupted.</source>
        <translation>打开店铺的过程被中断。</translation>
    </message>
    <message>
        <source>The others wait for their turn. 0: as many as this computer bears.</source>
        <translation>其余的排队等候。设为 0 则由本机性能决定。</translation>
    </message>
    <message>
        <source>The page did not take the text.</source>
        <translation>网页没有接受这段文字。</translation>
    </message>
    <message>
        <source>The part before :// is no kind of proxy that Berth knows.</source>
        <translation>://前面的部分不是泊位认识的代理类型。</translation>
    </message>
    <message>
        <source>The passphrase is empty.</source>
        <translation>密码为空。</translation>
    </message>
    <message>
        <source>The password is empty or longer than {most} characters.</source>
        <translation>密码为空，或超过 {most} 个字符。</translation>
    </message>
    <message>
        <source>The paste was longer than what is read at once; the rest was left out.</source>
        <translation>粘贴的内容超过一次能读取的长度，多出的部分已略去。</translation>
    </message>
    <message>
        <source>The person behind this passphrase is missing from the vault.</source>
        <translation>保险库里没有这个密码对应的成员。</translation>
    </message>
    <message>
        <source>The pictures cannot be written to {folder}: {why}.</source>
        <translation>图片无法写入{folder}：{why}。</translation>
    </message>
    <message>
        <source>The port is missing.</source>
        <translation>缺少端口。</translation>
    </message>
    <message>
        <source>The private key for {proxy} cannot be used: {why}</source>
        <translation>代理{proxy}的私钥无法使用：{why}</translation>
    </message>
    <message>
        <source>The private key needs its whole path, from the root on.</source>
        <translation>私钥要写完整的路径，从根目录开始。</translation>
    </message>
    <message>
        <source>The process that keeps windows open (process {pid}) does not answer.</source>
        <translation>窗口管家（进程 {pid}）没有响应。</translation>
    </message>
    <message>
        <source>The process that keeps windows open did not start.</source>
        <translation>窗口管家没有启动。</translation>
    </message>
    <message>
        <source>The process that keeps windows open does not understand this request.</source>
        <translation>窗口管家不认识这个请求。</translation>
    </message>
    <message>
        <source>The process that keeps windows open has ended.</source>
        <translation>窗口管家已退出。</translation>
    </message>
    <message>
        <source>The process that keeps windows open has ended; its windows were closed cleanly.</source>
        <translation>窗口管家已退出；它的窗口都已正常关闭。</translation>
    </message>
    <message>
        <source>The provider was asked, but {name} still comes out at {now}. It may take a minute.</source>
        <translation>已请求代理商，但{name}的出口仍是{now}。可能要等一分钟。</translation>
    </message>
    <message>
        <source>The proxy changed its exit from {before} to {now} in between.</source>
        <translation>代理的出口中途从{before}变成了{now}。</translation>
    </message>
    <message>
        <source>The proxy {proxy} cannot be reached from this machine.</source>
        <translation>这台电脑连不上代理{proxy}。</translation>
    </message>
    <message>
        <source>The proxy {proxy} cannot reach {host}.</source>
        <translation>代理{proxy}连不上{host}。</translation>
    </message>
    <message>
        <source>The proxy {proxy} did not answer within {limit} seconds.</source>
        <translation>代理{proxy}在 {limit} 秒内没有响应。</translation>
    </message>
    <message>
        <source>The proxy {proxy} does not accept the user name or password.</source>
        <translation>代理{proxy}拒绝了用户名或密码。</translation>
    </message>
    <message>
        <source>The proxy {proxy} does not speak TLS.</source>
        <translation>代理{proxy}不支持TLS。</translation>
    </message>
    <message>
        <source>The proxy {proxy} is still used by {names}.</source>
        <translation>代理{proxy}仍被{names}使用。</translation>
    </message>
    <message>
        <source>The proxy {proxy} refused by its own rules (code {code}).</source>
        <translation>代理{proxy}按自己的规则拒绝了（代码 {code}）。</translation>
    </message>
    <message>
        <source>The proxy {proxy} refused the connection.</source>
        <translation>代理{proxy}拒绝连接。</translation>
    </message>
    <message>
        <source>The proxy {proxy} works, but the echo page {page} did not answer within {limit} seconds.</source>
        <translation>代理{proxy}正常，但查IP网页{page}在{limit}秒内没有回应。</translation>
    </message>
    <message>
        <source>The record of acts is whole.</source>
        <translation>操作记录完整。</translation>
    </message>
    <message>
        <source>The record of acts misses row {seq}.</source>
        <translation>操作记录缺少第 {seq} 行。</translation>
    </message>
    <message>
        <source>The same as line {number}</source>
        <translation>与第 {number} 行相同</translation>
    </message>
    <message>
        <source>The same everywhere</source>
        <translation>各处一致</translation>
    </message>
    <message>
        <source>The same for all stores on this computer.</source>
        <translation>本机全部店铺相同。</translation>
    </message>
    <message>
        <source>The same once more</source>
        <translation>再输入一次</translation>
    </message>
    <message>
        <source>The sample store never heard of the run {run}.</source>
        <translation>样板店没有收到{run}这一轮访问。</translation>
    </message>
    <message>
        <source>The sandbox uses user namespaces.</source>
        <translation>沙盒使用用户命名空间。</translation>
    </message>
    <message>
        <source>The scale is {seen}, saved is {expected}.</source>
        <translation>缩放是{seen}，保存的是{expected}。</translation>
    </message>
    <message>
        <source>The scale is {seen}.</source>
        <translation>缩放是{seen}。</translation>
    </message>
    <message>
        <source>The scale {scale} is not one of: {steps}.</source>
        <translation>缩放{scale}不在可选范围内：{steps}。</translation>
    </message>
    <message>
        <source>The screen {display} is reached over the network.</source>
        <translation>屏幕{display}要经网络才能连上。</translation>
    </message>
    <message>
        <source>The server shows the key that is trusted already.</source>
        <translation>服务器的密钥就是已经信任的那个。</translation>
    </message>
    <message>
        <source>The server {name} shows the key {offered}.</source>
        <translation>服务器{name}的密钥是{offered}。</translation>
    </message>
    <message>
        <source>The session's message bus, which Chinese input needs, could not be reached from inside.</source>
        <translation>中文输入要用的会话总线，从隔出的网络里连不到。</translation>
    </message>
    <message>
        <source>The SSH server {proxy} shows another key than before ({seen}): it was replaced, or somebody stands in between. Nothing was sent to it.</source>
        <translation>SSH服务器{proxy}的密钥和以前不一样（{seen}）：服务器换过了，或者中间有人冒充。没有向它发送任何内容。</translation>
    </message>
    <message>
        <source>The store is closed: a stand-in with its settings was looked at, and its own data stayed shut.</source>
        <translation>店铺未打开：检测的是一个设置相同的替身，店铺自己的数据没有动过。</translation>
    </message>
    <message>
        <source>The store's time zone is {zone}, the exit's {seen}.</source>
        <translation>店铺的时区是{zone}，出口的是{seen}。</translation>
    </message>
    <message>
        <source>The system itself keeps this window on its relay: the browser has no other way out.</source>
        <translation>操作系统保证此窗口只走中转：浏览器没有别的出路。</translation>
    </message>
    <message>
        <source>The system itself keeps windows on their proxy: each browser gets a network whose only way out is Berth's relay.</source>
        <translation>操作系统保证窗口只走代理：每个浏览器都有单独隔出的网络，唯一的出路是泊位的中转。</translation>
    </message>
    <message>
        <source>The system refused to read or write {file}; nothing was changed.</source>
        <translation>系统拒绝读写{file}；数据未变。</translation>
    </message>
    <message>
        <source>the tag {tag} is not allowed.</source>
        <translation>不允许使用标签{tag}。</translation>
    </message>
    <message>
        <source>The time zone is one that people live in.</source>
        <translation>时区是有人居住的地方的时区。</translation>
    </message>
    <message>
        <source>The time zone is UTC, which servers have and people seldom do.</source>
        <translation>时区是UTC，服务器才常用，普通人很少用。</translation>
    </message>
    <message>
        <source>The time zone is {seen}, saved is {expected}.</source>
        <translation>时区是{seen}，保存的是{expected}。</translation>
    </message>
    <message>
        <source>The time zone is {seen}.</source>
        <translation>时区是{seen}。</translation>
    </message>
    <message>
        <source>The time zone will be taken from the exit.</source>
        <translation>时区将按出口设置。</translation>
    </message>
    <message>
        <source>The time zone {zone} belongs to no country; shops seldom see it.</source>
        <translation>时区{zone}不属于任何国家；平台很少见到。</translation>
    </message>
    <message>
        <source>The time zone {zone} is not one of {country}, where the exit is.</source>
        <translation>时区{zone}不属于出口所在的{country}。</translation>
    </message>
    <message>
        <source>The time zone {zone} is one of {country}.</source>
        <translation>时区{zone}属于{country}。</translation>
    </message>
    <message>
        <source>The time zone {zone} is the exit's.</source>
        <translation>时区{zone}就是出口的时区。</translation>
    </message>
    <message>
        <source>The two are not the same.</source>
        <translation>两次输入不一致。</translation>
    </message>
    <message>
        <source>The vault is in {folder}.</source>
        <translation>保险库在{folder}。</translation>
    </message>
    <message>
        <source>The vault is locked, and there is no terminal to ask for its passphrase.</source>
        <translation>保险库已锁定，而且没有终端可以输入密码。</translation>
    </message>
    <message>
        <source>The vault is locked.</source>
        <translation>保险库已锁定。</translation>
    </message>
    <message>
        <source>The way out</source>
        <translation>出口与线路</translation>
    </message>
    <message>
        <source>The window comes out at {ip}.</source>
        <translation>窗口的出口是{ip}。</translation>
    </message>
    <message>
        <source>The window could not be checked: it showed no page in time.</source>
        <translation>窗口未能检测：没有及时显示网页。</translation>
    </message>
    <message>
        <source>The window does not say truly who drives it.</source>
        <translation>窗口没有如实说明由谁操作。</translation>
    </message>
    <message>
        <source>The window fits on the screen, with its bars around the page.</source>
        <translation>窗口放得进屏幕，页面四周有浏览器的栏。</translation>
    </message>
    <message>
        <source>The window has no bars of a browser around the page.</source>
        <translation>窗口的页面四周没有浏览器的栏。</translation>
    </message>
    <message>
        <source>The window has no such tab any more.</source>
        <translation>窗口里已经没有这个标签页。</translation>
    </message>
    <message>
        <source>The window is larger than the screen: {seen}.</source>
        <translation>窗口比屏幕还大：{seen}。</translation>
    </message>
    <message>
        <source>The window of {name} crashed. Its logins are kept.</source>
        <translation>「{name}」的窗口崩溃了。登录状态都还在。</translation>
    </message>
    <message>
        <source>The window of {name} is not open, and only an open one has its cookies at hand.</source>
        <translation>{name}的窗口没有打开，只有打开的窗口才能读写Cookie。</translation>
    </message>
    <message>
        <source>The window of {name} is open.</source>
        <translation>「{name}」的窗口正开着。</translation>
    </message>
    <message>
        <source>The window program cannot be opened from here.</source>
        <translation>这里无法打开窗口程序。</translation>
    </message>
    <message>
        <source>The window really runs on so many cores, so it may be slower.</source>
        <translation>窗口确实只用这么多核心，可能会慢一些。</translation>
    </message>
    <message>
        <source>The window says truly who drives it.</source>
        <translation>窗口如实说明了由谁操作。</translation>
    </message>
    <message>
        <source>The window shows no page at {url}.</source>
        <translation>窗口中没有打开{url}的网页。</translation>
    </message>
    <message>
        <source>The window shows {seen} cores, saved are {expected}.</source>
        <translation>窗口显示 {seen} 个核心，保存的是 {expected} 个。</translation>
    </message>
    <message>
        <source>The window shows {seen} cores.</source>
        <translation>窗口显示 {seen} 个核心。</translation>
    </message>
    <message>
        <source>The window size {width}x{height} is not one of: {sizes}.</source>
        <translation>窗口尺寸{width}×{height}不在可选范围内：{sizes}。</translation>
    </message>
    <message>
        <source>The windows of last time ended without being closed.</source>
        <translation>上次的窗口没有正常关闭。</translation>
    </message>
    <message>
        <source>Their folders with logins and cookies are deleted. This cannot be taken back.</source>
        <translation>其中存有登录状态和Cookie的文件夹会一并删除，无法恢复。</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>There are invisible characters in the login.</source>
        <translation>账号中有看不见的字符。</translation>
    </message>
    <message>
        <source>There are invisible characters in this text.</source>
        <translation>这段文字中有看不见的字符。</translation>
    </message>
    <message>
        <source>There are {count} words too many.</source>
        <translation>多了 {count} 个词。</translation>
    </message>
    <message>
        <source>There is a screen.</source>
        <translation>有屏幕。</translation>
    </message>
    <message>
        <source>There is already a login called {name}.</source>
        <translation>已有名为「{name}」的账号。</translation>
    </message>
    <message>
        <source>There is already a profile called {name}.</source>
        <translation>已有名为「{name}」的店铺。</translation>
    </message>
    <message>
        <source>There is already a vault in {folder}.</source>
        <translation>{folder}中已有保险库。</translation>
    </message>
    <message>
        <source>There is no command called {name}.</source>
        <translation>没有名为「{name}」的命令。</translation>
    </message>
    <message>
        <source>There is no group called {name}.</source>
        <translation>没有名为「{name}」的分组。</translation>
    </message>
    <message>
        <source>There is no login called {name}.</source>
        <translation>没有名为「{name}」的账号。</translation>
    </message>
    <message>
        <source>There is no option {names} here.</source>
        <translation>这里没有选项{names}。</translation>
    </message>
    <message>
        <source>There is no profile {name} in the bin.</source>
        <translation>回收站里没有店铺「{name}」。</translation>
    </message>
    <message>
        <source>There is no profile {name}.</source>
        <translation>没有店铺「{name}」。</translation>
    </message>
    <message>
        <source>There is no proxy in this text.</source>
        <translation>这段文字里没有代理。</translation>
    </message>
    <message>
        <source>There is no saved proxy called {name}.</source>
        <translation>没有保存过名为「{name}」的代理。</translation>
    </message>
    <message>
        <source>There is no screen here, and Xvfb, which makes a virtual one, is missing or did not start.</source>
        <translation>这里没有屏幕；用来虚拟屏幕的Xvfb缺失，或没有启动。</translation>
    </message>
    <message>
        <source>There is no screen here, so no window can open.</source>
        <translation>这里没有屏幕，打不开窗口。</translation>
    </message>
    <message>
        <source>There is no screen, and no Xvfb for a virtual one.</source>
        <translation>没有屏幕，也没有可虚拟屏幕的Xvfb。</translation>
    </message>
    <message>
        <source>There is no screen; `berth demo` starts a virtual one, other windows need a real one.</source>
        <translation>没有屏幕；`berth demo`会启动虚拟屏幕，其他窗口需要真实屏幕。</translation>
    </message>
    <message>
        <source>There is no setting called {name}.</source>
        <translation>没有名为「{name}」的设置。</translation>
    </message>
    <message>
        <source>There is no template called {name}.</source>
        <translation>没有名为「{name}」的模板。</translation>
    </message>
    <message>
        <source>There is no terminal to ask for the recovery code.</source>
        <translation>没有终端可以输入恢复码。</translation>
    </message>
    <message>
        <source>There is no terminal to ask for the {what}.</source>
        <translation>没有终端可以输入{what}。</translation>
    </message>
    <message>
        <source>there is no time zone {zone}, did you mean {near}?</source>
        <translation>没有时区「{zone}」，是不是「{near}」？</translation>
    </message>
    <message>
        <source>There is no time zone {zone}.</source>
        <translation>没有时区「{zone}」。</translation>
    </message>
    <message>
        <source>there is no time zone {zone}.</source>
        <translation>没有时区「{zone}」。</translation>
    </message>
    <message>
        <source>There is no time zone {zone}; did you mean {near}?</source>
        <translation>没有时区「{zone}」；是不是「{near}」？</translation>
    </message>
    <message>
        <source>There is no user's folder {folder}.</source>
        <translation>没有用户文件夹{folder}。</translation>
    </message>
    <message>
        <source>There is no vault in {folder} yet; `berth init` makes one.</source>
        <translation>{folder}中还没有保险库；请先新建（命令行：`berth init`）。</translation>
    </message>
    <message>
        <source>There is no vault in {folder}.</source>
        <translation>{folder}中没有保险库。</translation>
    </message>
    <message>
        <source>There is no view called {name}.</source>
        <translation>没有名为「{name}」的视图。</translation>
    </message>
    <message>
        <source>There is nothing to insert.</source>
        <translation>没有可插入的文字。</translation>
    </message>
    <message>
        <source>There is one word too many.</source>
        <translation>多了一个词。</translation>
    </message>
    <message>
        <source>These key derivation parameters are outside of what Berth allows.</source>
        <translation>这些密钥派生参数超出了泊位允许的范围。</translation>
    </message>
    <message>
        <source>These stores have no proxy to check.</source>
        <translation>这些店铺没有要检测的代理。</translation>
    </message>
    <message>
        <source>This address belongs to Berth itself.</source>
        <translation>这个地址属于泊位自身。</translation>
    </message>
    <message>
        <source>This address is inside a private network, which this profile may not reach.</source>
        <translation>这个地址在内网中，这家店铺不能访问。</translation>
    </message>
    <message>
        <source>This address was used by {number} {name} until {day}.</source>
        <translation>这个地址在{day}之前由{number} {name}使用。</translation>
    </message>
    <message>
        <source>This browser has no detailed client hints.</source>
        <translation>这个浏览器没有详细的客户端提示。</translation>
    </message>
    <message>
        <source>This can be read in two ways. Which one is meant?</source>
        <translation>这段文字有两种读法，是哪一种？</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>此操作无法撤销。</translation>
    </message>
    <message>
        <source>This computer has {left} MB of memory left; one more window could make the others crash. Close or hibernate some first.</source>
        <translation>本机只剩{left} MB内存，再开窗口可能让其他窗口崩溃。请先关闭或休眠几个窗口。</translation>
    </message>
    <message>
        <source>This computer shows no graphics card to pages; that is true here, and sites may find it odd.</source>
        <translation>本机没有可供网页看到的显卡；这是实情，但网站可能觉得奇怪。</translation>
    </message>
    <message>
        <source>This computer's default</source>
        <translation>跟随本机默认</translation>
    </message>
    <message>
        <source>this computer's own</source>
        <translation>本机真实值</translation>
    </message>
    <message>
        <source>this computer's own address</source>
        <translation>本机自己的地址</translation>
    </message>
    <message>
        <source>This desktop (Wayland) does not let programs place windows.</source>
        <translation>这个桌面（Wayland）不允许程序摆放窗口。</translation>
    </message>
    <message>
        <source>This exit is known</source>
        <translation>这个出口有人用过</translation>
    </message>
    <message>
        <source>This field cannot be changed, so nothing was inserted.</source>
        <translation>这个输入框不能修改，所以没有插入。</translation>
    </message>
    <message>
        <source>This field takes only {left} more characters, so nothing was inserted.</source>
        <translation>这个输入框只能再输入{left}个字符，所以没有插入。</translation>
    </message>
    <message>
        <source>This file is too large for cookies.</source>
        <translation>这个文件太大，不像是Cookie。</translation>
    </message>
    <message>
        <source>This form cannot hold the tab in its value.</source>
        <translation>值里有制表符，这种格式写不下。</translation>
    </message>
    <message>
        <source>This form cannot say that it is kept apart by site (partitioned).</source>
        <translation>这种格式无法表示按网站分区保存（partitioned）。</translation>
    </message>
    <message>
        <source>This is a Cookie header, which does not say for which site it is.</source>
        <translation>这是一行Cookie请求头，里面没有写属于哪个网站。</translation>
    </message>
    <message>
        <source>This is far too long for a proxy.</source>
        <translation>这段文字太长，不是代理。</translation>
    </message>
    <message>
        <source>This is more than one line.</source>
        <translation>这里不止一行。</translation>
    </message>
    <message>
        <source>This is not a name for an operator.</source>
        <translation>这不能用作成员名称。</translation>
    </message>
    <message>
        <source>This is not a recovery code: it has {n} letters and digits.</source>
        <translation>这不是恢复码：它有 {n} 个字母和数字。</translation>
    </message>
    <message>
        <source>This is not a user name.</source>
        <translation>这不是用户名。</translation>
    </message>
    <message>
        <source>This is not a view.</source>
        <translation>这不是视图。</translation>
    </message>
    <message>
        <source>This is not the domain of a site.</source>
        <translation>这不是网站的域名。</translation>
    </message>
    <message>
        <source>This machine may have policies for the browser, and they could not be read.</source>
        <translation>这台电脑可能对浏览器设了策略，但无法读取。</translation>
    </message>
    <message>
        <source>This note is sealed. Who shows it, and when, is kept in the history.</source>
        <translation>这条备注已加密。谁在什么时候查看过，会记入历史。</translation>
    </message>
    <message>
        <source>This passphrase does not open the vault.</source>
        <translation>密码不对，打不开保险库。</translation>
    </message>
    <message>
        <source>This passphrase is quickly guessed.</source>
        <translation>这个密码很容易被猜到。</translation>
    </message>
    <message>
        <source>This proxy is saved already, as {name}.</source>
        <translation>这个代理已经保存过，名为「{name}」。</translation>
    </message>
    <message>
        <source>This recovery code does not open the vault.</source>
        <translation>恢复码不对，打不开保险库。</translation>
    </message>
    <message>
        <source>This store has no open window.</source>
        <translation>这家店铺没有打开的窗口。</translation>
    </message>
    <message>
        <source>This store has no proxy: it sees the address of this machine itself.</source>
        <translation>这家店铺没有代理：用的是这台电脑自己的地址。</translation>
    </message>
    <message>
        <source>This store is being checked already.</source>
        <translation>这个店铺正在检测。</translation>
    </message>
    <message>
        <source>This system allows no more network namespaces (user.max_net_namespaces).</source>
        <translation>系统不允许再新建网络命名空间（user.max_net_namespaces）。</translation>
    </message>
    <message>
        <source>This system allows no more user namespaces (user.max_user_namespaces).</source>
        <translation>系统不允许再新建用户命名空间（user.max_user_namespaces）。</translation>
    </message>
    <message>
        <source>This system does not say how long it has been idle, so Berth does not lock by itself.</source>
        <translation>这个系统不提供空闲时间，所以泊位不会自动锁定。</translation>
    </message>
    <message>
        <source>This system keeps user namespaces from ordinary programs.</source>
        <translation>系统不让普通程序使用用户命名空间。</translation>
    </message>
    <message>
        <source>This system, perhaps a container, allows no network namespaces.</source>
        <translation>系统（可能是容器）不允许使用网络命名空间。</translation>
    </message>
    <message>
        <source>This text can be read in two ways: the proxy is {first} and the login follows, or the login comes first and the proxy is {last}.</source>
        <translation>这段文字有两种读法：代理是{first}、账号在后；或账号在前、代理是{last}。</translation>
    </message>
    <message>
        <source>This text is missing from this copy of Berth.</source>
        <translation>这份泊位缺少这段文字。</translation>
    </message>
    <message>
        <source>This text is no proxy in any form that Berth knows.</source>
        <translation>这段文字不是泊位认识的任何代理写法。</translation>
    </message>
    <message>
        <source>This view is too large to be saved.</source>
        <translation>这个视图太大，无法保存。</translation>
    </message>
    <message>
        <source>This window has to stay held back: {why}</source>
        <translation>这个窗口必须保持暂停：{why}</translation>
    </message>
    <message>
        <source>This window is connected to Berth's relay.</source>
        <translation>这个窗口已连到泊位的中转。</translation>
    </message>
    <message>
        <source>This window is not held back.</source>
        <translation>这个窗口没有被暂停。</translation>
    </message>
    <message>
        <source>This window is not open yet, so nothing leaves it.</source>
        <translation>这个窗口还没有打开，所以什么都没有发出。</translation>
    </message>
    <message>
        <source>Through the proxy only</source>
        <translation>只走代理</translation>
    </message>
    <message>
        <source>through the proxy only</source>
        <translation>只走代理</translation>
    </message>
    <message>
        <source>Time limit of the exit probe</source>
        <translation>出口检测时限</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>To keep two accounts apart in that, too, use two computers.</source>
        <translation>这些也要分开，就用两台电脑。</translation>
    </message>
    <message>
        <source>To the next field or part, and back</source>
        <translation>到下一个输入框或区域，以及返回</translation>
    </message>
    <message>
        <source>To use it: start Berth, choose "Forgot it? Use the recovery code", and set a new passphrase. Whoever has this sheet and the data folder can read everything.</source>
        <translation>使用方法：启动泊位，选择「忘记密码？使用恢复码」，然后设置新密码。拿到这张纸和数据文件夹的人，能看到全部内容。</translation>
    </message>
    <message>
        <source>today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Togo</source>
        <translation>多哥</translation>
    </message>
    <message>
        <source>Tokelau</source>
        <translation>托克劳</translation>
    </message>
    <message>
        <source>Tonga</source>
        <translation>汤加</translation>
    </message>
    <message>
        <source>Took a picture of the window</source>
        <translation>截取了窗口画面</translation>
    </message>
    <message>
        <source>Took cookies out</source>
        <translation>导出了Cookie</translation>
    </message>
    <message>
        <source>Trinidad &amp; Tobago</source>
        <translation>特立尼达和多巴哥</translation>
    </message>
    <message>
        <source>True to the browser</source>
        <translation>与真实浏览器一致</translation>
    </message>
    <message>
        <source>Trust it</source>
        <translation>信任</translation>
    </message>
    <message>
        <source>Trust that one only if your provider says that it is the server's.</source>
        <translation>只有代理商确认这是服务器的密钥时才信任它。</translation>
    </message>
    <message>
        <source>Trust the new key of {name}?</source>
        <translation>要信任{name}的新密钥吗？</translation>
    </message>
    <message>
        <source>Trust the server's key…</source>
        <translation>信任服务器密钥…</translation>
    </message>
    <message>
        <source>Trusted so far:
{pinned}

Shown now:
{offered}

Ask your provider whether this is the server's key. If not, somebody may stand in between.</source>
        <translation>目前信任的：{pinned}

现在显示的：{offered}

请向代理商确认这是服务器的密钥。如果不是，中间可能有人冒充。</translation>
    </message>
    <message>
        <source>Trusted the key {key} for {name}. A window that was held for it counts it once it is opened again.</source>
        <translation>已信任{name}的密钥{key}。因此暂停的窗口，重新打开后即生效。</translation>
    </message>
    <message>
        <source>Trusted. A window that was held for it counts it once it is opened again.</source>
        <translation>已信任。因此暂停的窗口，重新打开后即生效。</translation>
    </message>
    <message>
        <source>Try again, or set other echo addresses in the settings (network.echo_urls).</source>
        <translation>请重试，或在设置里换别的查IP网址（network.echo_urls）。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>Try again; if it stays so, ask your proxy provider or choose another proxy.</source>
        <translation>请重试；如果一直这样，请联系代理商，或换一个代理。</translation>
    </message>
    <message>
        <source>Try again; if it stays, the log {log} says why.</source>
        <translation>请重试；如果仍然如此，原因见日志{log}。</translation>
    </message>
    <message>
        <source>Try again; the log in {logs} says where.</source>
        <translation>请重试；出错位置见{logs}中的日志。</translation>
    </message>
    <message>
        <source>Try again; what was stored before is unchanged.</source>
        <translation>请重试；之前保存的内容未变。</translation>
    </message>
    <message>
        <source>Try the same address with http:// in place of https://.</source>
        <translation>请把同一地址的https://换成http://再试。</translation>
    </message>
    <message>
        <source>Tunisia</source>
        <translation>突尼斯</translation>
    </message>
    <message>
        <source>Turkey</source>
        <translation>土耳其</translation>
    </message>
    <message>
        <source>Turkmenistan</source>
        <translation>土库曼斯坦</translation>
    </message>
    <message>
        <source>Turks &amp; Caicos Is</source>
        <translation>特克斯和凯科斯群岛</translation>
    </message>
    <message>
        <source>Tuvalu</source>
        <translation>图瓦卢</translation>
    </message>
    <message>
        <source>Two readings</source>
        <translation>两种读法</translation>
    </message>
    <message>
        <source>Type it again, in a terminal that is set to UTF-8.</source>
        <translation>请在设为UTF-8的终端里重新输入。</translation>
    </message>
    <message>
        <source>Type its last group to go on</source>
        <translation>输入最后一组以继续</translation>
    </message>
    <message>
        <source>Type the 32 letters and digits as they were shown when the vault was made.</source>
        <translation>请照新建保险库时显示的样子，输入 32 个字母和数字。</translation>
    </message>
    <message>
        <source>Type the new passphrase.</source>
        <translation>请输入新密码。</translation>
    </message>
    <message>
        <source>Type the proxy by hand.</source>
        <translation>请手动输入代理。</translation>
    </message>
    <message>
        <source>Uganda</source>
        <translation>乌干达</translation>
    </message>
    <message>
        <source>UK is not a country code, GB is.</source>
        <translation>UK不是国家代码，GB才是。</translation>
    </message>
    <message>
        <source>Ukraine</source>
        <translation>乌克兰</translation>
    </message>
    <message>
        <source>Understood</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Understood, save</source>
        <translation>已了解，保存</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Unfold</source>
        <translation>展开</translation>
    </message>
    <message>
        <source>United Arab Emirates</source>
        <translation>阿联酋</translation>
    </message>
    <message>
        <source>United States</source>
        <translation>美国</translation>
    </message>
    <message>
        <source>unknown country</source>
        <translation>国家未知</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Unlock it and try again.</source>
        <translation>请解锁后重试。</translation>
    </message>
    <message>
        <source>Unlock it, or name another folder with --home.</source>
        <translation>请解锁它，或换一个文件夹（命令行加 --home）。</translation>
    </message>
    <message>
        <source>Unlocking…</source>
        <translation>正在解锁…</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>Update Berth, close its windows with `berth close --all`, and try again.</source>
        <translation>请更新泊位，关闭它的窗口（命令行：`berth close --all`），然后重试。</translation>
    </message>
    <message>
        <source>Update the browser, and tell us its version if this stays.</source>
        <translation>请更新浏览器；如果仍然如此，请把浏览器版本告诉我们。</translation>
    </message>
    <message>
        <source>Uruguay</source>
        <translation>乌拉圭</translation>
    </message>
    <message>
        <source>US minor outlying islands</source>
        <translation>美国本土外小岛屿</translation>
    </message>
    <message>
        <source>Use 64 to 1024 MiB, 2 to 10 passes and 1 to 16 lanes.</source>
        <translation>请用 64 到 1024 MiB、2 到 10 遍、1 到 16 路。</translation>
    </message>
    <message>
        <source>Use a computer with a graphics card, and its driver, for stores that look closely.</source>
        <translation>查得严的店铺，请用装有显卡和驱动的电脑。</translation>
    </message>
    <message>
        <source>Use a country code of two letters, such as US or MY.</source>
        <translation>请用两位字母的国家代码，例如US或MY。</translation>
    </message>
    <message>
        <source>Use a number such as {example}.</source>
        <translation>请填写数字，例如{example}。</translation>
    </message>
    <message>
        <source>Use a size such as {example}.</source>
        <translation>请填写尺寸，例如{example}。</translation>
    </message>
    <message>
        <source>Use a whole number from 1 to {most}.</source>
        <translation>请填写 1 到 {most} 的整数。</translation>
    </message>
    <message>
        <source>Use a whole number from {low} to {high}.</source>
        <translation>请填写 {low} 到 {high} 的整数。</translation>
    </message>
    <message>
        <source>Use a whole number such as {example}.</source>
        <translation>请填写整数，例如{example}。</translation>
    </message>
    <message>
        <source>Use an address such as https://seller-us.tiktok.com/.</source>
        <translation>请填写类似https://seller-us.tiktok.com/的网址。</translation>
    </message>
    <message>
        <source>Use at most {most} characters on one line.</source>
        <translation>只能写一行，最多 {most} 个字符。</translation>
    </message>
    <message>
        <source>Use http, https, socks5 or ssh.</source>
        <translation>请用http、https、socks5或ssh。</translation>
    </message>
    <message>
        <source>Use http://, https://, socks5:// or ssh://.</source>
        <translation>请用http://、https://、socks5://或ssh://。</translation>
    </message>
    <message>
        <source>Use it by that name, or add it again with its password replaced.</source>
        <translation>请直接用这个名称；要换密码，请带上新密码重新添加。</translation>
    </message>
    <message>
        <source>Use latitude and longitude, such as {example}.</source>
        <translation>请填写纬度和经度，例如{example}。</translation>
    </message>
    <message>
        <source>Use on or off.</source>
        <translation>请填on或off。</translation>
    </message>
    <message>
        <source>Use the profile's id; `berth windows --json` shows it.</source>
        <translation>请用店铺的id（见`berth windows --json`）。</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>使用店铺</translation>
    </message>
    <message numerus="yes">
        <source>used by %n</source>
        <translation><numerusform>用于 %n 家店铺</numerusform></translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>user {name}</source>
        <translation>用户名：{name}</translation>
    </message>
    <message>
        <source>Uzbekistan</source>
        <translation>乌兹别克斯坦</translation>
    </message>
    <message>
        <source>Vanuatu</source>
        <translation>瓦努阿图</translation>
    </message>
    <message>
        <source>Vatican City</source>
        <translation>梵蒂冈</translation>
    </message>
    <message>
        <source>Vault</source>
        <translation>保险库</translation>
    </message>
    <message>
        <source>vault.json asks for key derivation outside of what Berth allows.</source>
        <translation>vault.json要求的密钥派生参数超出了泊位允许的范围。</translation>
    </message>
    <message>
        <source>vault.json is there, but the database data.db is missing.</source>
        <translation>vault.json还在，但数据库data.db不见了。</translation>
    </message>
    <message>
        <source>vault.json was changed by something other than Berth.</source>
        <translation>vault.json被泊位以外的程序改动过。</translation>
    </message>
    <message>
        <source>vault.json was cut or edited.</source>
        <translation>vault.json被截断或编辑过。</translation>
    </message>
    <message>
        <source>Vault: {folder}</source>
        <translation>保险库：{folder}</translation>
    </message>
    <message>
        <source>Venezuela</source>
        <translation>委内瑞拉</translation>
    </message>
    <message>
        <source>Very easy to guess</source>
        <translation>极易被猜到</translation>
    </message>
    <message>
        <source>Very good</source>
        <translation>很强</translation>
    </message>
    <message>
        <source>Vietnam</source>
        <translation>越南</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Virgin Islands (UK)</source>
        <translation>英属维尔京群岛</translation>
    </message>
    <message>
        <source>Virgin Islands (US)</source>
        <translation>美属维尔京群岛</translation>
    </message>
    <message>
        <source>Wait a moment and try again. If it stays silent, end process {pid}: its windows then close cleanly, and the stores can be opened again.</source>
        <translation>请稍等再试。如果一直没有响应，请结束进程 {pid}：它的窗口会正常关闭，之后可以重新打开店铺。</translation>
    </message>
    <message>
        <source>Wait for a busy vault</source>
        <translation>保险库被占用时的等待时间</translation>
    </message>
    <message>
        <source>Wait until that check has ended; it is soon.</source>
        <translation>请等这次检测结束，很快就好。</translation>
    </message>
    <message>
        <source>Wait until the page has loaded, then try again.</source>
        <translation>请等网页加载完再试。</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Wallis &amp; Futuna</source>
        <translation>瓦利斯和富图纳</translation>
    </message>
    <message>
        <source>Warn before a proxy expires</source>
        <translation>代理到期提醒</translation>
    </message>
    <message>
        <source>Way of writing dates and numbers</source>
        <translation>日期和数字的写法</translation>
    </message>
    <message>
        <source>Web page in between</source>
        <translation>中间出现网页</translation>
    </message>
    <message>
        <source>WebRTC</source>
        <translation>WebRTC</translation>
    </message>
    <message>
        <source>WebRTC may go past the proxy in this profile, as its settings say.</source>
        <translation>按本店铺的设置，WebRTC可以绕过代理。</translation>
    </message>
    <message>
        <source>WebRTC tells pages addresses of this computer: {addresses}.</source>
        <translation>WebRTC把本机地址告诉了网页：{addresses}。</translation>
    </message>
    <message>
        <source>WebRTC tells pages no address.</source>
        <translation>WebRTC没有向网页透露任何地址。</translation>
    </message>
    <message>
        <source>Western Sahara</source>
        <translation>西撒哈拉</translation>
    </message>
    <message>
        <source>What answers at {proxy} does not speak SSH as Berth does.</source>
        <translation>{proxy}上回应的不是泊位能连接的SSH服务。</translation>
    </message>
    <message>
        <source>What does that mean?</source>
        <translation>这是什么意思？</translation>
    </message>
    <message>
        <source>What fits</source>
        <translation>匹配结果</translation>
    </message>
    <message>
        <source>What is known of it is shown here.</source>
        <translation>详细情况会显示在这里。</translation>
    </message>
    <message>
        <source>What should be known about this store? Sealed; saved by itself.</source>
        <translation>这家店铺有什么要记的？加密保存，自动存盘。</translation>
    </message>
    <message>
        <source>What should happen now?</source>
        <translation>现在怎么处理？</translation>
    </message>
    <message>
        <source>What stores on one computer share</source>
        <translation>同一台电脑上的店铺有哪些共同点</translation>
    </message>
    <message>
        <source>What this view showed is no longer there; all stores are shown.</source>
        <translation>此视图所显示的内容已不存在，现显示全部店铺。</translation>
    </message>
    <message>
        <source>What unlocks the vault. The recovery code stays the same.</source>
        <translation>用来解锁保险库。恢复码不变。</translation>
    </message>
    <message>
        <source>What was not added stands below.</source>
        <translation>未添加的留在下面。</translation>
    </message>
    <message>
        <source>What WebRTC tells pages could not be looked at.</source>
        <translation>没能查看WebRTC会告诉网页什么。</translation>
    </message>
    <message>
        <source>What you have typed is lost then.</source>
        <translation>已填写的内容会丢失。</translation>
    </message>
    <message>
        <source>When no exit is found</source>
        <translation>检测不到出口时</translation>
    </message>
    <message>
        <source>When the exit has another address</source>
        <translation>出口换了地址时</translation>
    </message>
    <message>
        <source>When the exit is in another country</source>
        <translation>出口换了国家时</translation>
    </message>
    <message>
        <source>Where it is used</source>
        <translation>用在哪里</translation>
    </message>
    <message>
        <source>Where it was bought</source>
        <translation>购买来源</translation>
    </message>
    <message>
        <source>Whether a new site finds something stored could not be looked at.</source>
        <translation>没能查看新网站是否会发现已有的存储数据。</translation>
    </message>
    <message>
        <source>Whether drawers slide, or are there at once.</source>
        <translation>侧栏滑出，还是直接显示。</translation>
    </message>
    <message>
        <source>Whether the time zone {zone} fits the exit cannot be told.</source>
        <translation>无法判断时区{zone}是否符合出口。</translation>
    </message>
    <message>
        <source>Which of the browsers found on this machine a new profile uses.</source>
        <translation>新店铺使用这台电脑上的哪个浏览器。</translation>
    </message>
    <message>
        <source>Which profiles?</source>
        <translation>哪些店铺？</translation>
    </message>
    <message>
        <source>Which proxies?</source>
        <translation>哪些代理？</translation>
    </message>
    <message>
        <source>Which windows?</source>
        <translation>打开哪些窗口？</translation>
    </message>
    <message>
        <source>while the store was closed</source>
        <translation>在店铺未打开时</translation>
    </message>
    <message>
        <source>Who drives the window</source>
        <translation>窗口由谁操控</translation>
    </message>
    <message>
        <source>Whoever has these cookies is signed in to {name}. Keep them safe.</source>
        <translation>拿到这些Cookie的人就能登录{name}，请妥善保管。</translation>
    </message>
    <message>
        <source>Whoever has this computer could open the vault. Press Next again to use it anyway.</source>
        <translation>拿到这台电脑的人可能打开保险库。如果仍要使用，请再按一次「下一步」。</translation>
    </message>
    <message>
        <source>Whoever has this file is signed in to the store, without a password and without a code. Keep it safe, and delete it when it is no longer needed.</source>
        <translation>拿到这个文件的人不用密码和验证码就能登录店铺。请妥善保管，不再需要时删除。</translation>
    </message>
    <message>
        <source>Why do you want to open it?</source>
        <translation>为什么要打开它？</translation>
    </message>
    <message>
        <source>Why does it go on all the same?</source>
        <translation>为什么仍要继续？</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Window size</source>
        <translation>窗口尺寸</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Windows of an older or newer version of Berth are still open.</source>
        <translation>还开着旧版或新版泊位的窗口。</translation>
    </message>
    <message>
        <source>Windows of another version of Berth are open.</source>
        <translation>还开着另一版本泊位的窗口。</translation>
    </message>
    <message>
        <source>Windows opened at once</source>
        <translation>同时打开的窗口数</translation>
    </message>
    <message>
        <source>Windows stay open. Quit from this menu.</source>
        <translation>窗口保持打开。可从此菜单退出。</translation>
    </message>
    <message>
        <source>With commas between them</source>
        <translation>用逗号隔开</translation>
    </message>
    <message>
        <source>Without a group</source>
        <translation>未分组</translation>
    </message>
    <message>
        <source>Works · {when}</source>
        <translation>可用·{when}</translation>
    </message>
    <message>
        <source>Write [address]:port.</source>
        <translation>请写成[地址]:端口。</translation>
    </message>
    <message>
        <source>Write a day as 2027-03-31, or leave it empty for never.</source>
        <translation>请写成 2027-03-31 这样的日期；留空表示永不到期。</translation>
    </message>
    <message>
        <source>Write a name for the view.</source>
        <translation>请填写视图的名称。</translation>
    </message>
    <message>
        <source>Write host:port, host:port:user:password, user:password@host:port, or a URL such as socks5://user:password@host:port.</source>
        <translation>请写成地址:端口、地址:端口:用户名:密码、用户名:密码@地址:端口，或socks5://用户名:密码@地址:端口这样的网址。</translation>
    </message>
    <message>
        <source>Write it as #RRGGBB, for instance #1E88E5.</source>
        <translation>请写成#RRGGBB，例如#1E88E5。</translation>
    </message>
    <message>
        <source>Write it as scheme://user:password@host:port, which can be read in one way only.</source>
        <translation>请写成类型://用户名:密码@地址:端口，这样只有一种读法。</translation>
    </message>
    <message>
        <source>Write it like Ctrl+Shift+K or Alt+Enter.</source>
        <translation>请写成Ctrl+Shift+K或Alt+Enter这样。</translation>
    </message>
    <message>
        <source>Write one line with the proxy to it.</source>
        <translation>请写入一行代理。</translation>
    </message>
    <message>
        <source>Write ssh://user:password@host, or ssh://user@host?key=/path/of/a/private/key.</source>
        <translation>请写成ssh://user:password@host（用户名和密码），或ssh://user@host?key=/path/of/a/private/key。</translation>
    </message>
    <message>
        <source>Write the data folder's whole path.</source>
        <translation>请写数据文件夹的完整路径。</translation>
    </message>
    <message>
        <source>Write the group's new name.</source>
        <translation>请填写分组的新名称。</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>有误</translation>
    </message>
    <message>
        <source>Wrote a picture of {name} to {file}.</source>
        <translation>已把{name}的画面写入{file}。</translation>
    </message>
    <message>
        <source>Wrote {count} cookies to {file}.</source>
        <translation>已把{count}个Cookie写入{file}。</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>黄色</translation>
    </message>
    <message>
        <source>Yemen</source>
        <translation>也门</translation>
    </message>
    <message>
        <source>You may not do this here.</source>
        <translation>这里不允许这样做。</translation>
    </message>
    <message>
        <source>You would not see this profile in the group {group}.</source>
        <translation>放进分组「{group}」后，就看不到这家店铺了。</translation>
    </message>
    <message>
        <source>Your data are safe: nothing half-done was saved. You can go on working.</source>
        <translation>数据是安全的：没有保存到一半的内容，可以继续使用。</translation>
    </message>
    <message>
        <source>Your recovery code stays the same. Copies of the vault made before still open with the old one.</source>
        <translation>恢复码不变。之前做的保险库副本仍用旧密码打开。</translation>
    </message>
    <message>
        <source>Zambia</source>
        <translation>赞比亚</translation>
    </message>
    <message>
        <source>Zimbabwe</source>
        <translation>津巴布韦</translation>
    </message>
    <message>
        <source>{cores} processor cores are more than the {real} this computer has.</source>
        <translation>{cores} 个处理器核心超过了这台电脑的 {real} 个。</translation>
    </message>
    <message>
        <source>{country}, {ip}, {ms} ms</source>
        <translation>{country}，{ip}，{ms} 毫秒</translation>
    </message>
    <message>
        <source>{count} cookies are in {name} now.</source>
        <translation>{count}个Cookie已导入{name}。</translation>
    </message>
    <message>
        <source>{count} cookies would go into {name}.</source>
        <translation>{count}个Cookie可以导入{name}。</translation>
    </message>
    <message>
        <source>{count} proxies were not deleted. The first: {why}</source>
        <translation>有 {count} 个代理未删除。第一个：{why}</translation>
    </message>
    <message>
        <source>{count} start pages are too many.</source>
        <translation>{count} 个起始页太多了。</translation>
    </message>
    <message>
        <source>{count} stores go through this proxy and show the same address.</source>
        <translation>{count}家店铺都走这个代理，显示同一个地址。</translation>
    </message>
    <message>
        <source>{file} cannot be read: {why}.</source>
        <translation>无法读取{file}：{why}。</translation>
    </message>
    <message>
        <source>{file} is damaged or belongs to another vault.</source>
        <translation>{file}已损坏，或属于另一个保险库。</translation>
    </message>
    <message>
        <source>{file} was written by a newer Berth (format {found}, this one knows up to {known}).</source>
        <translation>{file}由更新的泊位写成（格式 {found}，本版最高支持 {known}）。</translation>
    </message>
    <message>
        <source>{file}, line {line}: {why}</source>
        <translation>{file}第 {line} 行：{why}</translation>
    </message>
    <message numerus="yes">
        <source>{first} to {last}, %n times</source>
        <translation><numerusform>{first}到{last}，共 %n 次</numerusform></translation>
    </message>
    <message>
        <source>{folder} could not be opened.</source>
        <translation>无法打开{folder}。</translation>
    </message>
    <message>
        <source>{folder} does not exist yet; `berth init` makes it.</source>
        <translation>{folder}还不存在；请先新建保险库（命令行：`berth init`）。</translation>
    </message>
    <message>
        <source>{good} work, {bad} do not</source>
        <translation>{good} 个可用，{bad} 个不可用</translation>
    </message>
    <message>
        <source>{host} cannot be reached, or does not answer as a web page does.</source>
        <translation>{host}无法访问，或者回应的不是网页。</translation>
    </message>
    <message>
        <source>{host} cannot be reached.</source>
        <translation>{host}连不上。</translation>
    </message>
    <message>
        <source>{host} did not answer within {limit} seconds.</source>
        <translation>{host}在{limit}秒内没有回应。</translation>
    </message>
    <message>
        <source>{host} is an address inside a private network, which this profile may not reach.</source>
        <translation>{host}是内网地址，这家店铺不能访问。</translation>
    </message>
    <message>
        <source>{host} is inside a private network, where no provider is.</source>
        <translation>{host}在内网里，代理商不会在那里。</translation>
    </message>
    <message>
        <source>{host} refused to change the address (code {code}).</source>
        <translation>{host}拒绝更换IP（代码{code}）。</translation>
    </message>
    <message>
        <source>{keys} is no combination of keys that a page can be listened to for.</source>
        <translation>{keys}不是可以在网页里监听的按键组合。</translation>
    </message>
    <message>
        <source>{key} cannot be {value}.</source>
        <translation>「{key}」不能是「{value}」。</translation>
    </message>
    <message>
        <source>{key} is missing.</source>
        <translation>缺少「{key}」。</translation>
    </message>
    <message>
        <source>{key} is {value} for the life of this profile.</source>
        <translation>这家店铺的{key}固定为{value}，不能更改。</translation>
    </message>
    <message>
        <source>{key} is {value}, not one of: {choices}.</source>
        <translation>「{key}」是「{value}」，不在可选范围内：{choices}。</translation>
    </message>
    <message>
        <source>{kind} {version} at {path}.</source>
        <translation>{kind} {version}，位于{path}。</translation>
    </message>
    <message>
        <source>{market} is not a country code.</source>
        <translation>{market}不是国家代码。</translation>
    </message>
    <message>
        <source>{name} 2</source>
        <translation>{name} 2</translation>
    </message>
    <message>
        <source>{name} can mean several profiles: {choices}.</source>
        <translation>「{name}」可能指多家店铺：{choices}。</translation>
    </message>
    <message>
        <source>{name} can mean several windows: {choices}.</source>
        <translation>「{name}」可能指多个窗口：{choices}。</translation>
    </message>
    <message>
        <source>{name} comes out at {now} now; before it was {before}.</source>
        <translation>{name}现在的出口是{now}，原来是{before}。</translation>
    </message>
    <message>
        <source>{name} comes out where it should.</source>
        <translation>{name}的出口正确。</translation>
    </message>
    <message>
        <source>{name} goes on with what it was held for.</source>
        <translation>{name}按暂停时的情况继续。</translation>
    </message>
    <message>
        <source>{name} is already open.</source>
        <translation>「{name}」已经打开。</translation>
    </message>
    <message>
        <source>{name} is closed ({reason}).</source>
        <translation>「{name}」已关闭（{reason}）。</translation>
    </message>
    <message>
        <source>{name} is held back. Nothing of it leaves this computer.</source>
        <translation>{name}已暂停。没有任何数据离开本机。</translation>
    </message>
    <message>
        <source>{name} is held back. {why}</source>
        <translation>{name}已暂停。{why}</translation>
    </message>
    <message>
        <source>{name} is in front.</source>
        <translation>「{name}」已前置。</translation>
    </message>
    <message>
        <source>{name} is no SSH server, so it has no key to trust.</source>
        <translation>{name}不是SSH服务器，没有可信任的密钥。</translation>
    </message>
    <message>
        <source>{name} is open (process {pid}).</source>
        <translation>「{name}」已打开（进程 {pid}）。</translation>
    </message>
    <message>
        <source>{name} is open for a script</source>
        <translation>{name}已为脚本打开</translation>
    </message>
    <message>
        <source>{name} may no longer unlock this vault.</source>
        <translation>{name}不能再解锁这个保险库。</translation>
    </message>
    <message>
        <source>{name} may not do this ({ability}).</source>
        <translation>{name}没有这项权限（{ability}）。</translation>
    </message>
    <message>
        <source>{name} shows the key that is trusted already: {key}</source>
        <translation>{name}的密钥就是已经信任的那个：{key}</translation>
    </message>
    <message>
        <source>{name} shows {key}. Compare it with what your provider says, then give it with --key.</source>
        <translation>{name}的密钥是{key}。请和代理商核对，然后用--key给出。</translation>
    </message>
    <message>
        <source>{name} was not opened. Nothing has reached the store.</source>
        <translation>「{name}」未打开。没有任何请求到达店铺。</translation>
    </message>
    <message>
        <source>{name}: {value}</source>
        <translation>{name}：{value}</translation>
    </message>
    <message>
        <source>{name}: {why}</source>
        <translation>{name}：{why}</translation>
    </message>
    <message>
        <source>{number} is not a profile's number.</source>
        <translation>{number} 不是店铺序号。</translation>
    </message>
    <message>
        <source>{number} {name} comes out at this address too, last on {day}.</source>
        <translation>{number} {name}也从这个地址出去，最近一次是{day}。</translation>
    </message>
    <message>
        <source>{n} templates.</source>
        <translation>{n} 个模板。</translation>
    </message>
    <message>
        <source>{red} red, {amber} amber, {green} green.</source>
        <translation>红{red}，黄{amber}，绿{green}。</translation>
    </message>
    <message>
        <source>{red} wrong, {amber} worth knowing</source>
        <translation>{red}项有问题，{amber}项需留意</translation>
    </message>
    <message>
        <source>{scheme} proxies are not supported yet.</source>
        <translation>暂不支持{scheme}代理。</translation>
    </message>
    <message>
        <source>{site} is not a site.</source>
        <translation>{site}不是网站。</translation>
    </message>
    <message>
        <source>{store} (in the bin)</source>
        <translation>{store}（在回收站中）</translation>
    </message>
    <message>
        <source>{tag} is not a language tag such as de-DE or en.</source>
        <translation>{tag}不是de-DE或en这样的语言标签。</translation>
    </message>
    <message>
        <source>{text} ({more})</source>
        <translation>{text}（{more}）</translation>
    </message>
    <message>
        <source>{url} is not an address of an echo page.</source>
        <translation>{url}不是查IP网页的网址。</translation>
    </message>
    <message>
        <source>{url} is not an address.</source>
        <translation>{url}不是网址。</translation>
    </message>
    <message>
        <source>{url} is not an http or https address.</source>
        <translation>{url}不是http或https网址。</translation>
    </message>
    <message>
        <source>{url} names no site.</source>
        <translation>{url}没有写明网站。</translation>
    </message>
    <message>
        <source>{value} does not fit the setting {name}.</source>
        <translation>设置「{name}」不能是「{value}」。</translation>
    </message>
    <message>
        <source>{value} does not fit {key}.</source>
        <translation>「{key}」不能是「{value}」。</translation>
    </message>
    <message>
        <source>{value} is not a choice for {what}: {choices}.</source>
        <translation>{what}不能设为{value}，可选：{choices}。</translation>
    </message>
    <message>
        <source>{value} is not a colour.</source>
        <translation>{value}不是颜色。</translation>
    </message>
    <message>
        <source>{value} is not a number.</source>
        <translation>{value}不是数字。</translation>
    </message>
    <message>
        <source>{value} is not a whole path to a folder.</source>
        <translation>{value}不是文件夹的完整路径。</translation>
    </message>
    <message>
        <source>{value} is not the full path of a browser.</source>
        <translation>{value}不是浏览器的完整路径。</translation>
    </message>
    <message>
        <source>{what} {next}</source>
        <translation>{what}{next}</translation>
    </message>
    <message>
        <source>{what}.</source>
        <translation>{what}。</translation>
    </message>
    <message>
        <source>{what}: another value in {where} than elsewhere.</source>
        <translation>{what}：{where}里的值与别处不同。</translation>
    </message>
    <message>
        <source>{what}: headers and scripts disagree in {where}.</source>
        <translation>{what}：{where}里请求头与脚本说的不一致。</translation>
    </message>
    <message>
        <source>{what}: headers and scripts say the same.</source>
        <translation>{what}：请求头与脚本说的一致。</translation>
    </message>
    <message>
        <source>{what}: only {count} of {all} contexts told it.</source>
        <translation>{what}：{all}个环境中只有{count}个给出了结果。</translation>
    </message>
    <message>
        <source>{what}: the same in all {count} contexts.</source>
        <translation>{what}：{count}种页面环境里都相同。</translation>
    </message>
    <message>
        <source>{word} is not of the form key=value.</source>
        <translation>{word}不是key=value的形式。</translation>
    </message>
    <message>
        <source>Åland Islands</source>
        <translation>奥兰群岛</translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation><numerusform>… 还有 %n 条</numerusform></translation>
    </message>
    <message>
        <source>… and {count} more; --json lists a thousand.</source>
        <translation>… 还有{count}行；--json会列出一千行。</translation>
    </message>
    <message>
        <source>简体中文</source>
        <translation>简体中文</translation>
    </message>
</context>
</TS>
