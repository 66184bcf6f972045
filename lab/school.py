# SPDX-License-Identifier: Apache-2.0
"""The invented school of ./run --demo: who and what there is before anything happens.

No such school exists; every name, number and address here was made up, and every address lies
inside the simulated campus.
"""
SCHOOL = {"name": "云梦泽职业学院（演示）", "short": "云梦泽学院（演示）", "number_prefix": "演示通报"}
CENTRE = "信息技术中心"

# name, kind
UNITS = (
    (CENTRE, "centre"),
    ("学校办公室", "department"),
    ("宣传部", "department"),
    ("教务处", "department"),
    ("学生工作处", "department"),
    ("财务处", "department"),
    ("后勤保障处", "department"),
    ("保卫处", "department"),
    ("图书馆", "department"),
    ("机电工程学院", "faculty"),
    ("经济管理学院", "faculty"),
    ("护理学院", "faculty"),
)

# account, name, unit, title, roles; a role of a unit is held in the person's own unit
PEOPLE = (
    ("zhoumin", "周敏", CENTRE, "网络运维工程师", ("operator",)),
    ("sunyue", "孙越", CENTRE, "网络运维工程师", ("operator",)),
    ("lintao", "林涛", CENTRE, "主任", ("director", "reviewer")),
    ("hejing", "何静", CENTRE, "系统管理工程师", ("verifier",)),
    ("qinlan", "秦岚", CENTRE, "安全管理员", ("security_admin",)),
    ("luyao", "陆遥", "学校办公室", "审计管理员", ("auditor",)),
    ("hansong", "韩松", "学校办公室", "副校长", ("vice_president",)),
    ("zhengwen", "郑文", "学校办公室", "秘书", ("school_office",)),
    ("chenli", "陈立", "宣传部", "干事", ("officer",)),
    ("wangqian", "王倩", "教务处", "讲师", ("officer",)),
    ("duheng", "杜衡", "教务处", "处长", ("unit_head",)),
    ("zhaonan", "赵楠", "学生工作处", "辅导员", ("officer",)),
    ("gaoyuan", "高远", "图书馆", "馆员", ("officer",)),
)
# Filed as officers of their units, without an account yet: they are reached by mail.
FILED = (
    ("沈萍", "后勤保障处", "科员"),
    ("罗军", "机电工程学院", "实验员"),
    ("梁晓", "经济管理学院", "教学秘书"),
)
UNIT_ROLES = ("officer", "specialist", "unit_head")

ASSETS = """资产名称,类型,IP地址,域名,主管单位,运维单位,重要性,等保级别,暴露面,供应商,备注
学校门户网站,网站,,www.campus.test,宣传部,信息技术中心,核心,二级,互联网,,
图书馆网站,网站,,lib.campus.test,图书馆,信息技术中心,一般,,互联网,,与门户网站同一台服务器
学生工作网,网站,,xsc.campus.test,学生工作处,信息技术中心,一般,,校内,,与门户网站同一台服务器
统一身份认证平台,系统,,portal.campus.test,信息技术中心,信息技术中心,核心,三级,互联网,泽川软件（虚构）,
教务管理系统,系统,,jw.campus.test,教务处,信息技术中心,核心,二级,互联网,泽川软件（虚构）,
办公自动化系统,系统,,oa.campus.test,学校办公室,信息技术中心,重要,二级,校内,云帆信息（虚构）,
网站服务器,服务器,10.20.11.10,,信息技术中心,信息技术中心,核心,,互联网,,
应用服务器,服务器,10.20.13.10,,信息技术中心,信息技术中心,核心,,互联网,,
运维堡垒机,服务器,10.20.12.10,ssh.campus.test,信息技术中心,信息技术中心,重要,,校内,,
校园域名服务器,服务器,10.20.2.53,ns.campus.test,信息技术中心,信息技术中心,核心,,校内,,
邮件服务器,服务器,10.20.25.25,mail.campus.test,信息技术中心,信息技术中心,重要,二级,互联网,,
核心交换机,设备,10.20.8.10,,信息技术中心,信息技术中心,核心,,校内,,
出口防火墙,设备,10.20.8.2,,信息技术中心,信息技术中心,核心,,互联网,,
教学区汇聚交换机,设备,10.20.8.11,,信息技术中心,信息技术中心,重要,,校内,,
宿舍区汇聚交换机,设备,10.20.8.12,,信息技术中心,信息技术中心,重要,,校内,,
数据中心汇聚交换机,设备,10.20.8.13,,信息技术中心,信息技术中心,核心,,校内,,
图书馆接入交换机,设备,10.20.8.21,,图书馆,信息技术中心,一般,,校内,,
行政楼接入交换机,设备,10.20.8.22,,学校办公室,信息技术中心,一般,,校内,,
实训楼接入交换机,设备,10.20.8.23,,机电工程学院,信息技术中心,一般,,校内,,
公寓一号楼接入交换机,设备,10.20.8.24,,学生工作处,信息技术中心,一般,,校内,,
公寓二号楼接入交换机,设备,10.20.8.25,,学生工作处,信息技术中心,一般,,校内,,
后勤楼接入交换机,设备,10.20.8.26,,后勤保障处,信息技术中心,一般,,校内,,
无线控制器,设备,10.20.8.31,,信息技术中心,信息技术中心,重要,,校内,,
图书馆机房UPS,设备,10.20.8.41,,图书馆,信息技术中心,重要,,校内,,
教务数据库服务器,服务器,10.20.8.51,,教务处,信息技术中心,核心,二级,校内,,
备份存储,设备,10.20.8.52,,信息技术中心,信息技术中心,重要,,校内,,
档案室打印机,设备,10.20.8.61,,学校办公室,信息技术中心,一般,,校内,,
公寓无线接入点,设备,10.20.8.71,,学生工作处,信息技术中心,一般,,校内,,
服务器区网关,设备,10.20.13.1,,信息技术中心,信息技术中心,核心,,校内,,
互联网出口,线路,,,信息技术中心,信息技术中心,核心,,互联网,,
教务处办公网段,设备,10.20.40.0/24,,教务处,信息技术中心,一般,,校内,,
图书馆阅览室网段,设备,10.20.41.0/24,,图书馆,信息技术中心,一般,,校内,,
学生宿舍网段,设备,10.20.64.0/18,,学生工作处,信息技术中心,一般,,校内,,
一卡通系统,系统,,,后勤保障处,后勤保障处,重要,二级,隔离,云帆信息（虚构）,专网运行
财务管理系统,系统,,,财务处,财务处,重要,二级,隔离,云帆信息（虚构）,专网运行
数控实训平台,系统,,,机电工程学院,机电工程学院,一般,,校内,,
"""

# A paper of an authority that does not exist; due so many hours after it came in.
SUPERIOR = "云梦泽省教育厅（虚构）"
PAPER = {"secrecy": "public", "paper_no": "云教信〔2026〕7号", "title": "关于开展校园网站安全排查整改的通知", "urgency": "urgent",
         "feedback_way": "上级平台填报，报送盖章的整改情况报告"}
PAPER_HOURS = 9 * 24

# key, asset, name, kind, target, severity, params
CHECKS = (
    ("portal", "学校门户网站", "学校门户网站", "http", "http://www.campus.test/", "critical", {}),
    ("lib", "图书馆网站", "图书馆网站", "http", "http://lib.campus.test/", "minor", {}),
    ("sso", "统一身份认证平台", "统一身份认证平台", "http", "https://portal.campus.test/", "critical",
     {"accept_untrusted": True}),
    ("jw", "教务管理系统", "教务管理系统", "http", "https://jw.campus.test/", "critical", {"accept_untrusted": True}),
    ("oa", "办公自动化系统", "办公自动化系统证书", "tls", "oa.campus.test:443", "minor", {}),
    ("ssh", "运维堡垒机", "运维堡垒机 SSH", "tcp", "10.20.12.10:22", "major", {"expect": "SSH-2.0"}),
    ("dns", "校园域名服务器", "校园域名解析", "dns", "10.20.2.53", "critical", {"name": "www.campus.test"}),
    ("mail", "邮件服务器", "邮件服务器端口", "tcp", "10.20.25.25:25", "major", {}),
    ("core", "核心交换机", "核心交换机", "icmp", "10.20.8.10", "critical", {}),
    ("egress", "互联网出口", "互联网出口", "icmp", "10.20.8.2", "critical", {"count": 5}),
    ("gate", "服务器区网关", "服务器区网关", "icmp", "10.20.13.1", "critical", {}),
)

# The line that leads off the campus, on the firewall's outer port.
LINE = {"name": "互联网出口", "operator": "中国电信", "number": "YMZ-2026-0001", "fault_phone": "10000", "down_bps": 1_000_000_000,
        "up_bps": 1_000_000_000, "egress": True}

# Devices asked by SNMP, each behind the one above it: key, asset, address, severity, key of the one above
DEVICES = (
    ("n-core", "核心交换机", "10.20.8.10", "critical", None),
    ("n-fw", "出口防火墙", "10.20.8.2", "critical", "n-core"),
    ("n-teach", "教学区汇聚交换机", "10.20.8.11", "major", "n-core"),
    ("n-dorm", "宿舍区汇聚交换机", "10.20.8.12", "major", "n-core"),
    ("n-dc", "数据中心汇聚交换机", "10.20.8.13", "critical", "n-core"),
    ("n-ac", "无线控制器", "10.20.8.31", "major", "n-core"),
    ("n-lib", "图书馆接入交换机", "10.20.8.21", "minor", "n-teach"),
    ("n-jw", "行政楼接入交换机", "10.20.8.22", "minor", "n-teach"),
    ("n-lab", "实训楼接入交换机", "10.20.8.23", "minor", "n-teach"),
    ("n-dorm1", "公寓一号楼接入交换机", "10.20.8.24", "minor", "n-dorm"),
    ("n-dorm2", "公寓二号楼接入交换机", "10.20.8.25", "minor", "n-dorm"),
    ("n-office", "后勤楼接入交换机", "10.20.8.26", "minor", "n-dc"),
    ("n-ups", "图书馆机房UPS", "10.20.8.41", "major", "n-lib"),
    ("n-db", "教务数据库服务器", "10.20.8.51", "critical", "n-dc"),
    ("n-nas", "备份存储", "10.20.8.52", "major", "n-dc"),
    ("n-prn", "档案室打印机", "10.20.8.61", "minor", "n-jw"),
    ("n-ap", "公寓无线接入点", "10.20.8.71", "minor", "n-dorm1"),
)
